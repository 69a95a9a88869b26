#include "hub/callbacks/exporting.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include <nlohmann/json.hpp>

#include "hub/callbacks/asked.hpp"
#include "hub/callbacks/documents.hpp"
#include "hub/callbacks/list/calls.hpp"
#include "hub/callbacks/list/fields.hpp"
#include "hub/dialler/dialler.hpp"
#include "sync/action/validate.hpp"
#include "sync/base/hash.hpp"
#include "sync/base/limits.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;
using platform::HttpResponse;

// With the record of the export and claims that moved on, one commit holds no more.
constexpr std::uint32_t most_exported = 900, usually_exported = 200;
static_assert(most_exported < sync::limits::records_per_change);
constexpr std::int64_t export_minute_ms = 60'000;
constexpr std::uint32_t usual_minutes = 240;
constexpr std::size_t because_bytes = 500;

struct WantedExport {
  DiallerFormat format = DiallerFormat::jsonl;
  DiallerOptions options;
  contingency::ReleaseFilter filter;
  contingency::Signature by;
  std::string again;             // an earlier one
  std::optional<Id> batch = {};  // of its own, so that who asks again after a lost answer gets the same
  std::uint32_t most = 0, minutes = 0;
  bool details = false, accept_missing = false;
};

Result<WantedExport> wanted_export(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::string format = json.text("format");
  WantedExport wanted;
  HOLDLINE_ASSIGN(wanted.filter, asked_filter(json));
  HOLDLINE_ASSIGN(wanted.by, asked_signature(desk, json));
  wanted.options = {json.text("list"), json.text("campaign")};
  wanted.again = json.text("again");
  wanted.batch = Id::parse(json.text("batch"));
  wanted.most = std::clamp(asked_count(json, "most", usually_exported), 1U, most_exported);
  wanted.minutes = std::max(1U, asked_count(json, "minutes", usual_minutes));
  wanted.details = json.boolean("details", false);
  wanted.accept_missing = json.boolean("accept_missing", false);
  HOLDLINE_TRY(json.checked_whole());
  const auto known = dialler_format(format);
  if (!known) return fail(ErrorKind::ask_person, "unknown-format", "A format is vicidial, genesys, connect or jsonl.");
  wanted.format = *known;
  HOLDLINE_TRY(check_options(wanted.format, wanted.options));
  const auto claims = desk.list().claims.live();
  if (wanted.batch && std::ranges::any_of(claims, [&](const auto* one) { return one->batch == wanted.batch->text(); }))
    wanted.again = wanted.batch->text();
  if (wanted.by.reason.empty())
    return fail(ErrorKind::ask_person, "reason-missing", "Say why it leaves the house; it is kept with the export.");
  if (wanted.again.empty() && wanted.filter.scope.empty())
    return fail(ErrorKind::ask_person, "bad-scope", "Say whose callbacks are exported: a scope like acme/london.");
  HOLDLINE_TRY(check_asked_scope(desk, wanted.filter.scope));
  if (!desk.ledger.schema().collection("callback_claim")->field("batch"))
    return fail(
        ErrorKind::ask_person, "schema-older",
        "This ledger's schema is older than handing cases over: holdline-hub schema apply brings it up to date.");
  return wanted;
}

// What goes into the file, and what keeps the rest.
struct Handed {
  Id batch;
  std::vector<DiallerCase> cases;
  std::vector<const contingency::CallbackCase*> of;  // of each
  std::map<std::string, std::size_t> left_out;       // by what keeps it
};

std::string joined_texts(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& one : texts) all += (all.empty() ? "" : ", ") + one;
  return all;
}

DiallerCase dialler_case(const WantedExport& wanted, const contingency::ListedCase& listed, std::int64_t until_ms) {
  const contingency::CallbackCase& of = *listed.of;
  DiallerCase one{.key = {}, .number = listed.screening.number, .zones = listed.screening.where.zones};
  if (of.languages.size() == 1) one.language = of.languages.front();
  if (wanted.details && !of.names.empty()) one.name = of.names.front();
  if (wanted.details) one.reason = joined_texts(of.reasons);
  one.until_ms = until_ms;
  return one;
}

// Empty: it goes along, until the time that is set.
std::string why_not(const CallbackDesk& desk, const WantedExport& wanted, const contingency::ListedCase& listed,
                    std::int64_t& until_ms) {
  if (!listed.screening.now()) return std::string(contingency::name_of(listed.screening.blocks.front().why));
  const auto open_until = desk.board.open_until(listed.screening.where).value_or(desk.now_ms);
  const std::int64_t longest = std::min<std::int64_t>(wanted.minutes * export_minute_ms, longest_ms(wanted.format));
  until_ms = std::min(open_until, desk.now_ms + longest);
  return until_ms - desk.now_ms < shortest_ms(wanted.format) ? "hours-end-soon" : "";
}

Handed choose(const CallbackDesk& desk, const WantedExport& wanted) {
  Handed handed{.batch = wanted.batch ? *wanted.batch : desk.entropy.id(), .cases = {}, .of = {}, .left_out = {}};
  std::uint64_t fence = desk.list().claims.next_fence();
  std::set<std::string> numbers;
  for (const auto& listed : listed_for(desk)) {
    if (!contingency::fits(wanted.filter, *listed.of, listed.screening.where)) continue;
    std::int64_t until_ms = 0;
    std::string why =
        desk.list().claims.of(*listed.of) != nullptr ? "claimed" : why_not(desk, wanted, listed, until_ms);
    if (why.empty() && handed.cases.size() == wanted.most) why = "more-than-asked-for";
    DiallerCase one;
    if (why.empty()) {
      one = dialler_case(wanted, listed, until_ms);
      why = misfit(wanted.format, one);
    }
    // Of one household nobody is rung while another one talks.
    if (why.empty() && !numbers.insert(one.number).second) why = "same-number";
    if (!why.empty()) {
      ++handed.left_out[why];
      continue;
    }
    one.key = dialler_key(fence++, handed.batch);
    handed.cases.push_back(std::move(one));
    handed.of.push_back(listed.of);
  }
  return handed;
}

// Those of an earlier one that are still to be dialled: under their claims, and only while they may be called.
Result<Handed> choose_again(const CallbackDesk& desk, const WantedExport& wanted) {
  Handed handed;
  const auto batch = Id::parse(wanted.again);
  if (batch) handed.batch = *batch;
  for (const auto* claim : desk.list().claims.live()) {
    const auto& record = desk.list().claim_records.at(claim->fence);
    if (!batch || claim->batch != wanted.again || !desk.sees(record.scope)) continue;
    if (claim->agent != "dialler " + std::string(name_of(wanted.format)))
      return fail(ErrorKind::ask_person, "unknown-format",
                  "It was exported in another format: for " + claim->agent + ".");
    const auto* of = case_of_claim(desk, claim->fence);
    if (of == nullptr) continue;
    contingency::ListedCase listed{of, desk.board.screened(*of)};
    std::int64_t until_ms = 0;
    std::string why = why_not(desk, wanted, listed, until_ms);
    until_ms = std::min(until_ms, claim->until_ms);
    if (why.empty() && claim->state != contingency::ClaimState::dialling) why = "time-is-over";
    if (why.empty() && listed.screening.number != claim->number) why = "number-changed";
    if (why.empty() && until_ms - desk.now_ms < export_minute_ms) why = "time-is-over";
    if (!why.empty()) {
      ++handed.left_out[why];
      continue;
    }
    handed.cases.push_back(dialler_case(wanted, listed, until_ms));
    handed.cases.back().key = dialler_key(claim->fence, handed.batch);
    handed.of.push_back(of);
  }
  if (handed.cases.empty() && handed.left_out.empty())
    return fail(ErrorKind::ask_person, "no-such-export", "Nothing is with a dialler by this export any more.");
  return handed;
}

std::string described(const std::map<std::string, std::size_t>& left_out) {
  std::string text;
  for (const auto& [why, count] : left_out) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + why;
  return text.substr(0, because_bytes);
}

std::size_t total(const std::map<std::string, std::size_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::size_t{0},
                         [](std::size_t sum, const auto& one) { return sum + one.second; });
}

// As every export stands on the list of exports.
sync::Op listed_export(const CallbackDesk& desk, const WantedExport& wanted, const Handed& handed,
                       const std::string& scope, const std::string& sha256) {
  RecordOp op(*desk.ledger.schema().collection("data_export"), sync::OpKind::create, desk.entropy.id(), scope);
  op.set("what", std::string("callback_request"))
      .set("purpose", std::string("callback_list"))
      .set("reason", wanted.by.reason)
      .set("filter",
           "scope " + scope + (wanted.again.empty() ? ", handed over as " : ", again of ") + handed.batch.text())
      .set("format", std::string(name_of(wanted.format)))
      .set("sensitive", true)
      .set("rows", static_cast<std::int64_t>(handed.cases.size()))
      .set("left_out", static_cast<std::int64_t>(total(handed.left_out)))
      .set("left_out_because", described(handed.left_out))
      .set("sha256", sha256)
      .set("person", wanted.by.person)
      .set("station", desk.asker == nullptr ? std::string("hub") : desk.asker->station)
      .set("at", desk.now_ms);
  return std::move(op).op();
}

// Each claimed, with the intent to dial it.
Result<void> claim_all(const CallbackDesk& desk, const WantedExport& wanted, const Handed& handed,
                       std::vector<OwnRow>& rows) {
  const std::string dialler = "dialler " + std::string(name_of(wanted.format));
  for (std::size_t n = 0; n < handed.cases.size(); ++n) {
    const contingency::event::CaseAsked asked{.of = handed.of[n],
                                              .agent = dialler,
                                              .station = dialler,
                                              .slice_until_ms = handed.cases[n].until_ms,
                                              .batch = handed.batch.text(),
                                              .number = handed.cases[n].number};
    const auto actions = desk.list().claims.step(asked, desk.now_ms);
    HOLDLINE_ASSIGN(auto more,
                    rows_of(desk.ledger.schema(), desk.list(), actions, {handed.of[n]->scope, "", desk.entropy.id()}));
    rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return {};
}

}  // namespace

Result<HttpResponse> export_cases(const CallbackDesk& desk, std::string_view body) {
  HOLDLINE_ASSIGN(const auto wanted, wanted_export(desk, body));
  HOLDLINE_ASSIGN(const auto coverage, coverage_of(desk.ledger, desk.now_ms));
  if (wanted.again.empty()) HOLDLINE_TRY(contingency::check_coverage(coverage, wanted.accept_missing, wanted.by));
  Handed handed;
  if (wanted.again.empty()) {
    handed = choose(desk, wanted);
  } else {
    HOLDLINE_ASSIGN(handed, choose_again(desk, wanted));
  }
  if (handed.cases.empty())
    return fail(ErrorKind::ask_person, "nothing-to-call",
                "Nothing may be handed over now" +
                    (handed.left_out.empty() ? std::string() : " (" + described(handed.left_out) + ")") + ".");
  const std::string content = dialler_text(wanted.format, wanted.options, handed.cases);
  const std::string sha256 = sync::to_hex(sync::sha256(content).view());
  const std::string scope = wanted.filter.scope.empty() ? handed.of.front()->scope : wanted.filter.scope;
  // The list of exports takes it, or nothing is claimed.
  std::vector<OwnRow> rows{OwnRow{{listed_export(desk, wanted, handed, scope, sha256)}}};
  if (const auto findings = sync::validate(desk.ledger.schema(), rows.front().ops.front()); !findings.empty())
    return fail(ErrorKind::ask_person, findings.front().code, findings.front().message);
  if (wanted.again.empty()) {
    const auto claimed = claim_all(desk, wanted, handed, rows);
    if (!claimed) desk.board.forget();
    HOLDLINE_TRY(claimed);
  }
  HOLDLINE_TRY(keep_all(desk, std::move(rows)));
  std::int64_t until_ms = 0;
  for (const DiallerCase& one : handed.cases) until_ms = std::max(until_ms, one.until_ms);
  return callback_answer(201, {{"schema", "holdline.callback-export/1"},
                               {"batch", handed.batch.text()},
                               {"format", name_of(wanted.format)},
                               {"rows", handed.cases.size()},
                               {"until", sync::format_time(until_ms)},
                               {"left_out", handed.left_out},
                               {"sha256", sha256},
                               {"content", content}});
}

Result<HttpResponse> take_back(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::string batch = json.text("batch");
  HOLDLINE_ASSIGN(const auto by, asked_signature(desk, json));
  HOLDLINE_TRY(json.checked_whole());
  std::vector<OwnRow> rows;
  for (const auto* claim : desk.list().claims.live()) {
    if (batch.empty() || claim->batch != batch || !desk.sees(desk.list().claim_records.at(claim->fence).scope))
      continue;
    const auto actions = desk.list().claims.step(contingency::event::HandedBack{claim->fence, by.person}, desk.now_ms);
    HOLDLINE_ASSIGN(auto more, rows_of(desk.ledger.schema(), desk.list(), actions, {}));
    rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  if (rows.empty())
    return fail(ErrorKind::ask_person, "no-such-export",
                "Nothing is out with it any more: every case is told or over.");
  const std::size_t count = rows.size();
  HOLDLINE_TRY(keep_all(desk, std::move(rows)));
  return callback_answer(200, {{"schema", "holdline.callback-taken-back/1"}, {"batch", batch}, {"cases", count}});
}

}  // namespace holdline::hub
