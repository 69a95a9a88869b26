// Builds the page: node build.mjs DIRECTORY. Leaves there the files as they are sent (gzip, named by their content),
// what compiles them into the daemon (assets.S, assets.cpp), and sizes.json. Fails above the budget.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const budget_gz = 45 * 1024; // of scripts and styles together
const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? "dist");
const types = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
};

const hash_of = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 20);

async function bundle() {
  const result = await build({
    entryPoints: { app: join(here, "src/main.tsx"), style: join(here, "src/styles/style.css") },
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome123", "firefox120", "safari17.5"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    outdir: out,
    write: false,
  });
  return result.outputFiles.map(({ path, contents }) => {
    const [name, extension] = basename(path).split(/(\.[a-z]+)$/);
    return { path: `/assets/${name}-${hash_of(contents)}${extension}`, type: types[extension], bytes: contents };
  });
}

function page_of(files) {
  const at = (extension) => files.find((file) => file.path.endsWith(extension)).path;
  const html = readFileSync(join(here, "src/index.html"), "utf8");
  const bytes = Buffer.from(html.replace("{{script}}", at(".js")).replace("{{style}}", at(".css")));
  return { path: "/", type: types[".html"], bytes };
}

function write_assets(files) {
  let assembler = "// Written by web/build.mjs: the files of the page as bytes of the program.\n  .section .rodata\n";
  let symbols = "";
  let rows = "";
  files.forEach((file, i) => {
    const symbol = `holdline_page_${i}`;
    const stored = join(out, `${file.path === "/" ? "index.html" : basename(file.path)}.gz`);
    writeFileSync(stored, file.gzip);
    assembler += `  .global ${symbol}\n${symbol}:\n  .incbin "${stored}"\n  .global ${symbol}_end\n${symbol}_end:\n`;
    symbols += `extern "C" const char ${symbol}[], ${symbol}_end[];\n`;
    const bytes = `{${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}`;
    rows += `      {"${file.path}", "${file.type}", "\\"${hash_of(file.bytes)}\\"", ${bytes}},\n`;
  });
  writeFileSync(join(out, "assets.S"), `${assembler}  .section .note.GNU-stack, "", %progbits\n`);
  writeFileSync(
    join(out, "assets.cpp"),
    `// Written by web/build.mjs: the files of the page.\n#include "agent/console/assets.hpp"\n\n#include <cstddef>\n\n` +
      `${symbols}\nnamespace holdline::agent {\n\nstd::span<const Asset> console_assets() {\n` +
      `  static const Asset table[] = {\n${rows}  };\n  return table;\n}\n\n}  // namespace holdline::agent\n`,
  );
}

const files = await bundle();
files.unshift(page_of(files));
for (const file of files) file.gzip = gzipSync(file.bytes, { level: 9 });
const workstation_gz = files.filter((file) => file.path !== "/").reduce((sum, file) => sum + file.gzip.length, 0);
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
write_assets(files);
writeFileSync(join(out, "sizes.json"), `${JSON.stringify({ workstation_gz })}\n`);
console.log(`the page: ${workstation_gz} bytes of ${budget_gz} (scripts and styles, gzip)`);
if (workstation_gz > budget_gz) {
  console.error("The page is larger than it may be: look for what could be left out.");
  process.exit(1);
}
