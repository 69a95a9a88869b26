// The styles of uPlot, into the page beside its own.
import styles from "uplot/dist/uPlot.min.css" with { type: "text" };

const sheet = new CSSStyleSheet();
sheet.replaceSync(styles);
document.adoptedStyleSheets.push(sheet);
