#include <gtest/gtest.h>

#include "sync/action/validate.hpp"
#include "sync/base/hash.hpp"
#include "tests/support/generator_ops.hpp"

namespace holdline::generator {
namespace {

std::string digest(const std::vector<Entry>& entries) {
  std::string all;
  for (const Entry& e : entries)
    all.append(e.id.text())
        .append(e.customer.text())
        .append(e.kind)
        .append(e.status)
        .append(std::to_string(e.at_ms))
        .append(e.phone)
        .append(e.name)
        .append(e.note)
        .append(std::to_string(e.amount_cents));
  return sync::to_hex(sync::sha256(all).view()).substr(0, 16);
}

TEST(Generator, DataOfASeedNeverChanges) {
  const Customer c = customer(0);
  EXPECT_EQ(c.given + " " + c.family, "Birgit Demilz");
  EXPECT_EQ(digest(entries(200, NoteSet::grammar)), "27c9e200430d1acb");
  EXPECT_EQ(digest(entries(200, NoteSet::free)), "80bbfb738e6441ff");
}

TEST(Generator, OpsPassTheValidationOfTheDefaultSchema) {
  const sync::Schema schema = *sync::Schema::parse(sync::default_schema_text());
  for (std::uint32_t i = 0; i < 300; ++i)
    for (const sync::Op& op : customer_ops(schema, customer(i), "acme/north"))
      for (const auto& finding : sync::validate(schema, op)) ADD_FAILURE() << finding.field << ": " << finding.code;
  for (const Entry& e : entries(300, NoteSet::grammar))
    for (const auto& finding : sync::validate(schema, entry_op(schema, e, e.id, "acme/north")))
      ADD_FAILURE() << finding.field << ": " << finding.code;
}

}  // namespace
}  // namespace holdline::generator
