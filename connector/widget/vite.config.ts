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
    cssTarget: ["chrome123", "firefox121", "safari17.5"], // the first with light-dark() and :has()
    manifest: true,
    outDir: "../static/widget",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      input: ["src/embed/main.ts", "src/album/main.ts", "src/studio/main.tsx"],
      output: {
        codeSplitting: {
          // the more one file holds, the smaller it is packed: what the poster needs, what a map needs, what is asked for
          groups: [
            { name: "maplibre", test: /node_modules.(?!preact)/ },
            { name: "words", test: /src.(dom|config|texts|words|document|polyline|reader)\.ts$/ },
            { name: "asked", test: /src.(embed.asked|lightbox|list|days)\.ts$/ },
            { name: "stage", test: /src.(embed.stage|\w+)\.ts$/ },
          ],
        },
      },
    },
  },
});
