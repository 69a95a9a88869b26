// From 100,000 promises of 500 workstations to cases in the order in which they are called, and one promise more. No
// store and no network: what the hub does with them in memory.

#include <algorithm>
#include <random>
#include <unordered_map>

#include "bench/measure.hpp"
#include "bench/workloads/workloads.hpp"
#include "contingency/callbacks/order.hpp"
#include "contingency/callbacks/release/preview.hpp"
#include "hub/callbacks/list/remembering.hpp"
#include "platform/time/country_zones.hpp"
#include "platform/time/zones.hpp"
#include "sync/base/hash.hpp"
#include "sync/text/phone_country.hpp"

namespace holdline::bench {

namespace {

using contingency::CallbackRequest;
using contingency::Cases;

constexpr std::int64_t base_ms = 1'800'000'000'000, bench_hour_ms = 3'600'000;
constexpr std::uint32_t bench_desks = 500;

sync::Id id_of(std::uint64_t kind, std::uint64_t number) {
  return sync::Id::from(sync::sha256(std::to_string(kind) + "/" + std::to_string(number)).view().substr(0, 16));
}

// Two of three are of somebody who has rung before during the outage; half of those who ring are known.
CallbackRequest promise(std::uint64_t number, std::mt19937& random, std::uint32_t people) {
  const auto who = static_cast<std::uint32_t>(random() % people);
  CallbackRequest request;
  request.id = id_of(1, number);
  request.scope = "acme/desk-" + std::to_string(random() % bench_desks % 20);
  if (who % 2 == 0) request.customer = id_of(2, who);
  request.name = who % 3 == 0 ? "Ada Lovelace " + std::to_string(who) : "A Lovelace " + std::to_string(who);
  request.number = "+4420" + std::to_string(70'000'000 + who);
  request.reason = who % 5 == 0 ? "delivery" : "invoice";
  request.contact_ms = base_ms + static_cast<std::int64_t>(random() % (8 * bench_hour_ms));
  if (random() % 2 == 0) request.promise_end_ms = request.contact_ms + 6 * bench_hour_ms;
  request.taken_by = "agent-" + std::to_string(random() % bench_desks);
  return request;
}

// What a supervisor sees before a release: every case screened by its refusals and by the clock where it is, counted,
// and called one after another at the pace of the floor. Of a list that the hub has read, which knows the country of
// each number by then; and of one of which nothing is known yet.
void preview_of(const Options& options, Report& report) {
  const std::uint32_t wanted = options.quick ? 1'000 : 20'000;
  const sync::Schema schema = *sync::Schema::parse(sync::default_schema_text());
  const contingency::CallRules rules{schema, "Europe/London"};
  const std::int64_t now_ms = base_ms + 9 * bench_hour_ms;
  std::vector<double> looking, looking_cpu, first;
  std::size_t breaking = 0;
  for (unsigned round = 0; round < (options.quick ? 1U : 5U); ++round) {
    std::mt19937 random(round);
    Cases cases;
    for (std::uint32_t n = 0; n < wanted; ++n) {
      CallbackRequest request = promise(n, random, wanted);
      request.customer = id_of(3, n);  // each of somebody else
      request.number = "+4420" + std::to_string(70'000'000 + n);
      cases.take(std::move(request));
    }
    cases.settle();
    const auto zones =
        hub::remembering({platform::zone_offset_ms, platform::zones_of_country, sync::country_of_number});
    for (auto* into : {&first, &looking}) {
      const Stopwatch watch;
      contingency::CallingWindows windows(schema, zones, {now_ms, now_ms + 8 * 24 * bench_hour_ms});
      const auto listed = contingency::list_cases(cases, rules, windows, now_ms);
      breaking = contingency::preview(listed, {}, {200, 6}, 1'000, now_ms).breaking.size();
      into->push_back(1e3 * watch.seconds());
      if (into == &looking) looking_cpu.push_back(1e3 * watch.cpu_seconds());
    }
  }
  report.add({"callbacks.preview_ms",
              median(looking),
              "ms",
              std::nullopt,
              std::nullopt,
              {{"cpu_ms", median(looking_cpu)},
               {"nothing_known_ms", median(first)},
               {"cases", static_cast<double>(wanted)},
               {"breaking", static_cast<double>(breaking)},
               {"slowest_ms", percentile(looking, 1)}}});
}

}  // namespace

void callbacks(const Options& options, Report& report) {
  const std::uint32_t requests = options.quick ? 5'000 : 100'000, more = options.quick ? 100 : 2'000;
  Rounds whole;
  std::vector<double> adding, processor;
  std::size_t cases_made = 0;
  for (int round = 0; round < (options.quick ? 1 : 5); ++round) {
    std::mt19937 random(static_cast<unsigned>(round));
    std::vector<CallbackRequest> taken;
    for (std::uint32_t n = 0; n < requests; ++n) taken.push_back(promise(n, random, requests / 3));

    const Stopwatch bare;  // the same rows by number, and sorted
    std::unordered_map<std::string, std::vector<const CallbackRequest*>> by_number;
    for (const CallbackRequest& request : taken) by_number[request.number].push_back(&request);
    std::vector<const CallbackRequest*> sorted;
    for (const auto& [number, of] : by_number) sorted.push_back(of.front());
    std::ranges::sort(sorted, {}, [](const auto* request) { return std::pair(request->contact_ms, request->id); });
    const double limit = bare.seconds();

    Cases cases;
    const Stopwatch grouping;
    for (const CallbackRequest& request : taken) cases.take(request);
    cases.settle();
    const auto ordered = contingency::in_order(cases, base_ms + 9 * bench_hour_ms);
    whole.add(grouping.seconds(), limit);
    processor.push_back(grouping.cpu_seconds());
    cases_made = ordered.size();

    for (std::uint32_t n = 0; n < more; ++n) {
      CallbackRequest request = promise(requests + n, random, requests / 3);
      const Stopwatch watch;
      cases.take(std::move(request));
      cases.settle();
      adding.push_back(1e3 * watch.seconds());
    }
  }
  report.add({"callbacks.group_s",
              median(whole.product),
              "s",
              median(whole.limit),
              whole.limit_over_product(),
              {{"cpu_s", median(processor)},
               {"requests", static_cast<double>(requests)},
               {"cases", static_cast<double>(cases_made)}}});
  report.add({"callbacks.add_ms",
              percentile(adding, 0.99),
              "ms",
              std::nullopt,
              std::nullopt,
              {{"median_ms", median(adding)}, {"slowest_ms", percentile(adding, 1)}}});
  preview_of(options, report);
}

}  // namespace holdline::bench
