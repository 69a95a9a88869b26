// What a dialler tells, as outcomes of the claims it was handed.
#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "contingency/callbacks/outcome.hpp"
#include "hub/callbacks/asked.hpp"
#include "hub/callbacks/documents.hpp"
#include "hub/callbacks/exporting.hpp"
#include "hub/callbacks/list/calls.hpp"
#include "hub/dialler/outcomes.hpp"
#include "platform/time/zones.hpp"
#include "sync/base/limits.hpp"
#include "sync/form/promise.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;
using platform::HttpResponse;

constexpr std::size_t most_rows = 20'000;
// Each is an attempt, the end of a claim and perhaps a refusal: three records.
constexpr std::size_t rows_a_commit = sync::limits::records_per_change / 4;
constexpr std::int64_t clocks_differ_ms = 10 * 60'000;
constexpr std::size_t lines_told = 50;

struct WantedReading {
  DiallerFormat format = DiallerFormat::jsonl;
  std::string content;
  OutcomeReading with;
  bool dry_run = false;
};

Result<std::map<std::string, std::string, std::less<>>> meanings_in(platform::JsonObject& json) {
  std::map<std::string, std::string, std::less<>> meanings;
  const Json told = json.object("meanings");
  for (const auto& [disposition, outcome] : told.items()) {
    const auto* known = outcome.is_string() ? contingency::outcome_named(outcome.get<std::string>()) : nullptr;
    if (known == nullptr || known->next == contingency::NextStep::call_at)
      return fail(ErrorKind::ask_person, "unknown-outcome",
                  "A disposition means one of our outcomes, as callbacks work --json tells them, but not rescheduled: "
                  "no time comes along.");
    meanings.emplace(disposition, known->name);
  }
  return meanings;
}

// By the clock of a place: an hour that it shows twice is the first of both.
std::optional<std::int64_t> moment_on(const std::string& zone, std::int64_t clock_ms) {
  const sync::Site site{{}, {}, platform::zone_offset_ms};
  const auto moment = sync::moment_of(site, zone, clock_ms);
  if (moment.kind == sync::LocalMoment::Kind::unknown_zone) return std::nullopt;
  return moment.first;
}

Result<WantedReading> wanted_reading(const CallbackDesk& desk, std::string_view body) {
  auto json = platform::JsonObject::parse(body);
  const std::string format = json.text("format"), zone = json.text("zone");
  WantedReading wanted;
  wanted.content = json.text("content");
  wanted.dry_run = json.boolean("dry_run", false);
  HOLDLINE_ASSIGN(wanted.with.meanings, meanings_in(json));
  HOLDLINE_TRY(asked_signature(desk, json));
  HOLDLINE_TRY(json.checked_whole());
  const auto known = dialler_format(format);
  if (!known) return fail(ErrorKind::ask_person, "unknown-format", "A format is vicidial, genesys, connect or jsonl.");
  wanted.format = *known;
  if (!zone.empty() && !platform::zone_offset_ms(zone, desk.now_ms))
    return fail(ErrorKind::ask_person, "unknown-zone", "There is no such time zone; write it like Europe/London.");
  if (!zone.empty()) wanted.with.clock = [zone](std::int64_t clock_ms) { return moment_on(zone, clock_ms); };
  return wanted;
}

// One file, row by row.
class OutcomesTaken {
 public:
  OutcomesTaken(const CallbackDesk& desk, const WantedReading& wanted) : desk_(desk), wanted_(wanted) {}

  Result<void> take(const DiallerReading& reading) {
    others_ = reading.others;
    wrong_ = reading.wrong;
    for (const DiallerRow& row : reading.rows) HOLDLINE_TRY(take(row));
    return keep();
  }

  Json document(const DiallerReading& reading) const {
    Json unknown = Json::array(), wrong = Json::array();
    for (const auto& [disposition, count] : unknown_)
      unknown.push_back({{"disposition", disposition}, {"rows", count}});
    for (std::size_t n = 0; n < wrong_.size() && n < lines_told; ++n)
      wrong.push_back({{"line", wrong_[n].first}, {"why", wrong_[n].second}});
    return {{"schema", "holdline.callback-outcomes/1"},
            {"format", name_of(wanted_.format)},
            {"kept", kept_},
            {"late", late_},
            {"known", known_},
            {"open", reading.open},
            {"unknown", unknown},
            {"not_ours", others_},
            {"wrong", wrong},
            {"wrong_lines", wrong_.size()},
            {"dry_run", wanted_.dry_run}};
  }

 private:
  Result<void> take(const DiallerRow& row) {
    const auto* claim = desk_.list().claims.find(row.key.fence);
    const auto batch = claim == nullptr ? std::nullopt : Id::parse(claim->batch);
    if (!batch || !is_of(row.key, *batch) || !desk_.sees(desk_.list().claim_records.at(claim->fence).scope)) {
      ++others_;
      return {};
    }
    const auto* outcome = contingency::outcome_named(row.outcome);
    if (outcome == nullptr || outcome->next == contingency::NextStep::call_at) {
      ++unknown_[row.disposition];
      return {};
    }
    const std::int64_t at_ms = std::min(row.at_ms, desk_.now_ms);
    if (at_ms != 0 && at_ms + clocks_differ_ms < claim->dial_ms) {
      wrong_.emplace_back(row.line, "is of a call before the case was handed over");
      return {};
    }
    if (is_known(*claim, *outcome, at_ms)) {
      ++known_;
      return {};
    }
    ++kept_;
    return wanted_.dry_run ? Result<void>{} : add(row, *claim, *outcome, at_ms);
  }

  // Told before, by an earlier file or an earlier row; or by a person, under the same claim.
  bool is_known(const contingency::Claim& claim, const contingency::Outcome& outcome, std::int64_t at_ms) {
    if (!taken_.emplace(claim.fence, outcome.name, at_ms).second) return true;
    const auto* of = case_of_claim(desk_, claim.fence);
    return of != nullptr && std::ranges::any_of(of->attempts, [&](const contingency::CallAttempt& one) {
             return one.fence == claim.fence && one.outcome == outcome.name && (at_ms == 0 || one.started_ms == at_ms);
           });
  }

  Result<void> add(const DiallerRow& row, const contingency::Claim& claim, const contingency::Outcome& outcome,
                   std::int64_t at_ms) {
    contingency::CallAttempt attempt;
    attempt.id = desk_.entropy.id();
    attempt.agent = row.agent.empty() ? claim.agent : row.agent;
    attempt.station = claim.station;
    attempt.outcome = outcome.name;
    attempt.notes = claim.agent + ": " + row.disposition;
    attempt.started_ms = at_ms != 0 ? at_ms : claim.dial_ms;
    attempt.ended_ms = at_ms != 0 ? at_ms : desk_.now_ms;
    const std::uint64_t fence = claim.fence;
    const auto actions = desk_.list().claims.step(contingency::event::OutcomeTold{fence, attempt}, desk_.now_ms);
    HOLDLINE_ASSIGN(auto more, rows_of(desk_.ledger.schema(), desk_.list(), actions, {}));
    const auto& told = std::get<contingency::action::KeepAttempt>(actions.front()).attempt;
    if (told.late) ++late_;
    if (outcome.refuses_calls && !told.number.empty())
      more.push_back(refusal_row(desk_.ledger.schema(), desk_.ledger.identity().suppression_key,
                                 desk_.list().claim_records.at(fence).scope, desk_.entropy.id(), told));
    rows_.insert(rows_.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    return ++pending_ < rows_a_commit ? Result<void>{} : keep();
  }

  Result<void> keep() {
    pending_ = 0;
    if (rows_.empty()) return {};
    return keep_all(desk_, std::exchange(rows_, {}));
  }

  const CallbackDesk& desk_;
  const WantedReading& wanted_;
  std::vector<OwnRow> rows_;  // to be kept
  std::size_t pending_ = 0, kept_ = 0, late_ = 0, known_ = 0, others_ = 0;
  std::map<std::string, std::size_t> unknown_;
  std::vector<std::pair<std::uint64_t, std::string>> wrong_;
  std::set<std::tuple<std::uint64_t, std::string_view, std::int64_t>> taken_;
};

}  // namespace

Result<HttpResponse> read_dialler_outcomes(const CallbackDesk& desk, std::string_view body) {
  HOLDLINE_ASSIGN(const auto wanted, wanted_reading(desk, body));
  HOLDLINE_ASSIGN(const auto reading, read_outcomes(wanted.format, wanted.content, wanted.with));
  if (reading.rows.size() > most_rows)
    return fail(ErrorKind::ask_person, "too-much", "A file has at most 20,000 rows that tell an outcome: divide it.");
  OutcomesTaken taken(desk, wanted);
  HOLDLINE_TRY(taken.take(reading));
  return callback_answer(200, taken.document(reading));
}

}  // namespace holdline::hub
