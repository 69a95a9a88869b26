// What reading and judging typed fields costs: texts, dates and addresses of forms; telephone numbers apart, because
// the numbering plans of libphonenumber cost more than everything else together.

#include "bench/measure.hpp"
#include "bench/workloads/workloads.hpp"
#include "sync/form/form.hpp"
#include "tests/support/generator_ops.hpp"

namespace holdline::bench {

namespace {

// Puts right and judges each op as a desk does; answers how many fields that were. Nothing of it may be refused.
std::size_t look_at(const sync::Schema& schema, const sync::Site& site, std::vector<sync::Op> ops) {
  std::size_t fields = 0;
  for (sync::Op& op : ops) {
    const sync::Collection& collection = *schema.collection(op.record.collection);
    fields += op.changes.size();
    auto findings = sync::put_right(collection, site, nullptr, op.changes);
    findings = sync::judge(schema, {&op, 1}, std::move(findings), 0);
    if (!sync::unanswered(findings, std::nullopt).empty()) throw std::runtime_error("made-up customers were refused");
  }
  return fields;
}

// Fields in a second of one core's time.
double speed_of(const sync::Schema& schema, const sync::Site& site, const std::vector<sync::Op>& ops,
                std::size_t& fields) {
  const Stopwatch looking;
  fields = look_at(schema, site, ops);
  return static_cast<double>(fields) / looking.cpu_seconds();
}

}  // namespace

void typed_fields(const Options& options, Report& report) {
  const std::uint32_t customers = options.quick ? 500 : 20'000;
  const sync::Schema schema = must(sync::Schema::parse(sync::default_schema_text()));
  const sync::Site site{"GB", {}};
  std::vector<sync::Op> texts, phones;
  const auto phone = schema.collection("phone")->no;
  for (std::uint32_t i = 0; i < customers; ++i)
    for (sync::Op& op : generator::customer_ops(schema, generator::customer(i), "acme/london"))
      (op.record.collection == phone ? phones : texts).push_back(std::move(op));
  look_at(schema, site, {phones.front()});  // the numbering plans are read at the first number

  std::vector<double> of_texts, of_phones;
  for (int round = 0; round < (options.quick ? 1 : 5); ++round) {
    std::size_t fields = 0;
    of_texts.push_back(speed_of(schema, site, texts, fields));
    const double with_phones = speed_of(schema, site, phones, fields);
    of_phones.push_back(with_phones * static_cast<double>(phones.size()) / static_cast<double>(fields));
  }
  report.add({"typed_fields.per_second",
              median(of_texts),
              "fields/s",
              std::nullopt,
              std::nullopt,
              {{"phones_per_second", median(of_phones)}, {"us_per_phone", 1e6 / median(of_phones)}}});
}

}  // namespace holdline::bench
