/** What is loaded only when somebody asks for it. */
export { Lightbox } from "../lightbox";
export { list } from "../list";
