import { defineConfig, type Plugin } from "vite";
import { worldBackdrop } from "./build/world.ts";

/** Puts the world backdrop beside the built widget, under a name the picture on the server knows too. */
function world(): Plugin {
  return {
    name: "image-tracer-world",
    apply: "build",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "world.geojson", source: JSON.stringify(worldBackdrop()) });
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [world()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  build: {
    target: "es2022",
    manifest: true,
    outDir: "../static/widget",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      input: ["src/embed/main.ts", "src/album/main.ts", "src/studio/main.tsx"],
      output: { codeSplitting: { groups: [{ name: "maplibre", test: /node_modules.maplibre-gl|node_modules.(?!preact)/ }] } },
    },
  },
});
