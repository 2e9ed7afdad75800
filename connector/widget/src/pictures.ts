/** Thumbnails and emoji as images of the map: part of its canvas, no element per photo. */
import type { Map as MapLibre } from "maplibre-gl";
import { photoUrl } from "./config";
import { PHOTO_PX, type Look } from "./drawing";
import type { Photo } from "./document";

const RATIO = 2;
const EMOJI_PX = 30;
const FEATURED = 1.35;

type Drawn = { width: number; height: number; data: Uint8ClampedArray };

/** Makes images when the map asks: `photo|<count>|<1: it stands out>|<key>`, `emoji|<text>` and `dot|`. */
export function drawPictures(map: MapLibre, photos: () => readonly Photo[], prefix: string, look: () => Look): void {
  const draw = async (id: string): Promise<void> => {
    const used = look();
    const drawn = await picture(id, photos(), prefix, used);
    if (used !== look()) await draw(id); // another was chosen while the photo was loading
    else if (drawn && !map.hasImage(id)) map.addImage(id, drawn, { pixelRatio: RATIO });
  };
  map.setMissingStyleImageResolver(draw);
}

/** Forgets what was drawn, so that it is drawn again in other looks. */
export function redrawPictures(map: MapLibre): void {
  for (const id of map.listImages()) if (id.includes("|")) map.removeImage(id);
}

async function picture(id: string, photos: readonly Photo[], prefix: string, look: Look): Promise<Drawn | null> {
  const [what, one = "", featured, ...key] = id.split("|");
  if (what === "emoji") return sticker(one, look);
  if (what === "dot") return dot(look);
  const photo = photos.find((each) => each.key === key.join("|"));
  return photo ? pin(photo, Number(one), await load(photoUrl(prefix, photo.key, 256)), pinSize(look, featured === "1"), look) : null;
}

function pinSize(look: Look, featured: boolean): number {
  return (PHOTO_PX[look.photoSize] ?? 46) * (featured ? FEATURED : 1);
}

/** Null where the server has no picture of it: the photo's colour stands in. */
async function load(url: string): Promise<HTMLImageElement | null> {
  const image = new Image();
  image.crossOrigin = "anonymous"; // without it a drawn canvas may not be read
  image.src = url;
  return image.decode().then(() => image, () => null);
}

/** A round photo in a white ring on a short tail; a second ring and a number where it stands for several. */
function pin(photo: Photo, count: number, image: HTMLImageElement | null, size: number, look: Look): Drawn {
  const margin = 9;
  const tail = 7;
  const [context, width, height] = canvas(size + 2 * margin, size + margin + tail + 4);
  const radius = size / 2;
  const x = width / 2;
  const y = margin + radius;
  const ring = look.theme.scheme === "dark" ? "#f4f5f6" : "#ffffff";
  if (count > 1) disc(context, x + 4, y - 2.5, radius - 1.5, blendRing(ring), 3);
  context.save();
  shadow(context, 6, 2);
  drop(context, x, y, radius, height - 3, ring);
  context.restore();
  context.save();
  context.beginPath();
  context.arc(x, y, radius - 2.5, 0, 2 * Math.PI);
  context.clip();
  context.fillStyle = photo.colour ?? "#9aa3ab";
  context.fillRect(x - radius, y - radius, size, size);
  if (image) cover(context, image, x, y, radius - 2.5);
  context.restore();
  if (photo.video && count === 1) triangle(context, x, y);
  if (count > 1) badge(context, x + radius * 0.72, y - radius * 0.72, count);
  return read(context, width, height);
}

function blendRing(ring: string): string {
  return ring === "#ffffff" ? "#f1ede6" : "#b9bec4";
}

function drop(context: CanvasRenderingContext2D, x: number, y: number, radius: number, tip: number, fill: string): void {
  const open = 0.34;
  context.beginPath();
  context.arc(x, y, radius, Math.PI / 2 + open, Math.PI / 2 - open);
  context.quadraticCurveTo(x + 2.5, tip - 4, x, tip);
  context.quadraticCurveTo(x - 2.5, tip - 4, x + Math.cos(Math.PI / 2 + open) * radius, y + Math.sin(Math.PI / 2 + open) * radius);
  context.closePath();
  context.fillStyle = fill;
  context.fill();
}

function cover(context: CanvasRenderingContext2D, image: HTMLImageElement, x: number, y: number, radius: number): void {
  const scale = (2 * radius) / Math.min(image.naturalWidth, image.naturalHeight);
  const width = image.naturalWidth * scale;
  const height = image.naturalHeight * scale;
  context.imageSmoothingQuality = "high";
  context.drawImage(image, x - width / 2, y - height / 2, width, height);
}

function badge(context: CanvasRenderingContext2D, x: number, y: number, count: number): void {
  const said = count > 999 ? `${Math.floor(count / 1000)}k` : String(count);
  context.font = "700 10.5px system-ui, sans-serif";
  const half = Math.max(8, context.measureText(said).width / 2 + 5);
  context.save();
  shadow(context, 3, 1);
  context.beginPath();
  context.roundRect(x - half, y - 8, 2 * half, 16, 8);
  context.fillStyle = "#24282c";
  context.fill();
  context.restore();
  context.fillStyle = "#ffffff";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(said, x, y + 0.5);
}

function triangle(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.beginPath();
  context.moveTo(x - 4, y - 6);
  context.lineTo(x + 7, y);
  context.lineTo(x - 4, y + 6);
  context.closePath();
  context.fillStyle = "rgb(255 255 255 / 0.92)";
  context.fill();
}

function sticker(text: string, look: Look): Drawn {
  const [context, width, height] = canvas(EMOJI_PX + 12, EMOJI_PX + 12);
  disc(context, width / 2, height / 2, EMOJI_PX / 2 + 2, look.theme.scheme === "dark" ? "#2a3037" : "#ffffff", 5);
  context.font = `${EMOJI_PX * 0.66}px "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = look.theme.palette.text;
  context.fillText(text, width / 2, height / 2 + 1.5);
  return read(context, width, height);
}

/** A stop without photos on top of it. */
function dot({ theme, widthPx }: Look): Drawn {
  const radius = 2.4 + widthPx * 0.45;
  const [context, width, height] = canvas(2 * radius + 4, 2 * radius + 4);
  const dark = theme.scheme === "dark";
  disc(context, width / 2, height / 2, radius, dark ? "#f1f3f5" : "#33302c", 2);
  disc(context, width / 2, height / 2, radius - 1.9, dark ? theme.palette.land : "#ffffff", 0);
  return read(context, width, height);
}

function disc(context: CanvasRenderingContext2D, x: number, y: number, radius: number, fill: string, blur: number): void {
  context.save();
  shadow(context, blur, 1);
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.restore();
}

function shadow(context: CanvasRenderingContext2D, blur: number, down: number): void {
  context.shadowColor = "rgb(20 24 28 / 0.38)";
  context.shadowBlur = blur * RATIO;
  context.shadowOffsetY = down * RATIO;
}

function canvas(width: number, height: number): [CanvasRenderingContext2D, number, number] {
  const made = document.createElement("canvas");
  made.width = Math.ceil(width * RATIO);
  made.height = Math.ceil(height * RATIO);
  const context = made.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.scale(RATIO, RATIO);
  return [context, made.width / RATIO, made.height / RATIO];
}

function read(context: CanvasRenderingContext2D, width: number, height: number): Drawn {
  const { data } = context.getImageData(0, 0, width * RATIO, height * RATIO);
  return { width: width * RATIO, height: height * RATIO, data };
}
