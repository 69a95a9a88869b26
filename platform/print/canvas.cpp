#include "platform/print/canvas.hpp"

#include <cairo-pdf.h>
#include <glib.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

namespace holdline::platform {

namespace {

constexpr double points_per_mm = 72 / 25.4;  // the surface and its text count points
constexpr std::size_t largest_code = 200;

template <auto release>
struct Releases {
  void operator()(auto* object) const { release(object); }
};
using Surface = std::unique_ptr<cairo_surface_t, Releases<cairo_surface_destroy>>;
using Context = std::unique_ptr<cairo_t, Releases<cairo_destroy>>;
using Font = std::unique_ptr<PangoFontDescription, Releases<pango_font_description_free>>;
using Layout = std::unique_ptr<PangoLayout, Releases<g_object_unref>>;
using Code = std::unique_ptr<QRcode, Releases<QRcode_free>>;

cairo_status_t keep(void* into, const unsigned char* bytes, unsigned int count) noexcept try {
  static_cast<std::string*>(into)->append(reinterpret_cast<const char*>(bytes), count);
  return CAIRO_STATUS_SUCCESS;
} catch (...) {
  return CAIRO_STATUS_NO_MEMORY;
}

double in_mm(int pango_units) { return pango_units_to_double(pango_units) / points_per_mm; }

}  // namespace

struct Canvas::Inner {
  std::string document;
  Surface surface;
  Context context;
  bool code_failed = false;

  Layout layout(std::string_view text, double width, TextStyle style) const {
    Layout made(pango_cairo_create_layout(context.get()));
    // Paper is finer than a screen: letters stand where the font wants them.
    pango_context_set_round_glyph_positions(pango_layout_get_context(made.get()), 0);
    const Font font(pango_font_description_new());
    pango_font_description_set_family(font.get(), style.monospaced ? "Noto Sans Mono, monospace" : "Noto Sans, sans");
    pango_font_description_set_absolute_size(font.get(), style.size_pt * PANGO_SCALE);
    if (style.bold) pango_font_description_set_weight(font.get(), PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(made.get(), font.get());
    pango_layout_set_width(made.get(), width < 0 ? -1 : static_cast<int>(width * points_per_mm * PANGO_SCALE));
    pango_layout_set_wrap(made.get(), PANGO_WRAP_WORD_CHAR);
    gchar* const valid = g_utf8_make_valid(text.data(), static_cast<gssize>(text.size()));
    pango_layout_set_text(made.get(), valid, -1);
    g_free(valid);
    return made;
  }
};

Canvas::Canvas(double width_mm, double height_mm) : inner_(std::make_unique<Inner>()) {
  inner_->surface.reset(cairo_pdf_surface_create_for_stream(keep, &inner_->document, width_mm * points_per_mm,
                                                            height_mm * points_per_mm));
  inner_->context.reset(cairo_create(inner_->surface.get()));
}

// The surface writes its last bytes into the document when it goes.
Canvas::~Canvas() {
  inner_->context.reset();
  inner_->surface.reset();
}

double Canvas::height_of(std::string_view text, double width, TextStyle style) const {
  int wide = 0, high = 0;
  pango_layout_get_size(inner_->layout(text, width, style).get(), &wide, &high);
  return in_mm(high);
}

double Canvas::width_of(std::string_view text, TextStyle style) const {
  int wide = 0, high = 0;
  pango_layout_get_size(inner_->layout(text, -1, style).get(), &wide, &high);
  return in_mm(wide);
}

double Canvas::text(double x, double y, double width, std::string_view text, TextStyle style) {
  const Layout made = inner_->layout(text, width, style);
  cairo_move_to(inner_->context.get(), x * points_per_mm, y * points_per_mm);
  pango_cairo_show_layout(inner_->context.get(), made.get());
  int wide = 0, high = 0;
  pango_layout_get_size(made.get(), &wide, &high);
  return in_mm(high);
}

void Canvas::line(double x1, double y1, double x2, double y2, double thick) {
  cairo_t* const context = inner_->context.get();
  cairo_set_line_width(context, thick * points_per_mm);
  cairo_move_to(context, x1 * points_per_mm, y1 * points_per_mm);
  cairo_line_to(context, x2 * points_per_mm, y2 * points_per_mm);
  cairo_stroke(context);
}

void Canvas::box(double x, double y, double width, double height, double thick) {
  cairo_t* const context = inner_->context.get();
  cairo_set_line_width(context, thick * points_per_mm);
  cairo_rectangle(context, x * points_per_mm, y * points_per_mm, width * points_per_mm, height * points_per_mm);
  cairo_stroke(context);
}

void Canvas::fill(double x, double y, double width, double height) {
  cairo_t* const context = inner_->context.get();
  cairo_save(context);
  cairo_set_source_rgb(context, 0.02, 0.31, 0.68);
  cairo_rectangle(context, x * points_per_mm, y * points_per_mm, width * points_per_mm, height * points_per_mm);
  cairo_fill(context);
  cairo_restore(context);
}

void Canvas::code(double x, double y, double side, const std::string& content) {
  const Code code(content.size() > largest_code
                      ? nullptr
                      : QRcode_encodeString(content.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, /*casesensitive=*/1));
  if (!code) {
    inner_->code_failed = true;
    return;
  }
  const double module = side * points_per_mm / code->width;
  for (int row = 0; row < code->width; ++row)
    for (int column = 0; column < code->width; ++column)
      if ((code->data[row * code->width + column] & 1) != 0)
        cairo_rectangle(inner_->context.get(), x * points_per_mm + column * module, y * points_per_mm + row * module,
                        module, module);
  cairo_fill(inner_->context.get());
}

void Canvas::next_page() { cairo_show_page(inner_->context.get()); }

Result<std::string> Canvas::finish(std::string_view title) {
  cairo_pdf_surface_set_metadata(inner_->surface.get(), CAIRO_PDF_METADATA_TITLE, std::string(title).c_str());
  const cairo_status_t drawn = cairo_status(inner_->context.get());
  cairo_surface_finish(inner_->surface.get());
  const cairo_status_t written = cairo_surface_status(inner_->surface.get());
  if (drawn != CAIRO_STATUS_SUCCESS || written != CAIRO_STATUS_SUCCESS || inner_->code_failed)
    return fail(ErrorKind::stop, "print-failed",
                std::string("The pages could not be drawn: ") +
                    (inner_->code_failed ? "a code is too long" : cairo_status_to_string(drawn ? drawn : written)) +
                    ".");
  return std::move(inner_->document);
}

}  // namespace holdline::platform
