// Made by bundle.go: the widget's own style, minified, and where it is also to be had as a file.
declare module "wenda:style" {
  export const style: string;
  export const styleURL: string;
}
