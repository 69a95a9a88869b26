// What a sheet of paper says, from the schema's forms: a description that somebody else draws. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contingency/forms/pads.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::contingency {

// What can be on paper: a form template, or a collection's own form where what is taken down bears a reference.
struct PaperForm {
  const sync::Collection* collection = nullptr;
  const sync::FormTemplate* form = nullptr;  // null: the collection's own
  std::string label;
  std::uint32_t version = 0;             // of the template; 0: the collection's own
  std::vector<sync::FieldIndex> fields;  // in the order in which they are asked
};
// By the name of the template, or of the collection. Points into the schema.
std::optional<PaperForm> paper_form(const sync::Schema& schema, std::string_view name);
// All names that paper_form() knows.
std::vector<std::string> paper_forms(const sync::Schema& schema);

struct PageField {
  std::string label;
  bool required = false;
  std::uint32_t rows = 1;            // of handwriting
  bool narrow = false;               // half the width is enough
  std::vector<std::string> options;  // to tick one of; else there is room to write
  std::string filled;                // printed in it
};

struct FormPage {
  std::string title, subtitle;     // the form; its version and who approved it
  std::string number, code;        // large print; the square beside it
  std::vector<std::string> facts;  // lines: where, in which incident, when and by whom it was printed
  std::vector<std::string> first;  // said or done before anything is written
  std::vector<PageField> fields;
  std::vector<PageField> returning;  // filled in when it is entered
  std::string foot;                  // at the bottom of each page
};

// What the desk knows beside the pad, in words for people.
struct PageContext {
  std::string printed;                        // "30 Nov 2026 14:05, by ada at LDS-07"
  std::string incident;                       // "KDPAEM, CRM hangs"; empty: none
  std::string data_as_of;                     // of what is filled in; empty: nothing is
  std::map<std::string, std::string> filled;  // by name of the field
};

// Sheet `sheet`, from 1, of a pad.
FormPage form_page(const sync::Schema& schema, const PaperForm& form, const Pad& pad, std::uint32_t sheet,
                   const PageContext& context);

}  // namespace holdline::contingency
