#include "hub/import/request.hpp"

#include <sstream>

#include <nlohmann/json.hpp>

#include "platform/time/zones.hpp"
#include "sync/base/syntax.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/table/mapping.hpp"

namespace holdline::hub {

namespace {

using nlohmann::json;

constexpr std::size_t longest_person = 80;

// {"Customer No":"ref"}; empty: nothing is told.
Result<std::map<std::string, std::string>> texts_in(const std::string& text, const std::string& name) {
  std::map<std::string, std::string> texts;
  if (text.empty()) return texts;
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object())
    return fail(ErrorKind::ask_person, "malformed", "`" + name + "` must be an object of names and texts.");
  for (const auto& [key, value] : document.items()) {
    if (!value.is_string())
      return fail(ErrorKind::ask_person, "malformed", "`" + name + "` must give each name a text.");
    texts.emplace(key, value.get<std::string>());
  }
  return texts;
}

json to_json(const ProbableDuplicate& one) {
  return {{"row", one.line},
          {"ref", one.ref},
          {"id", one.id.text()},
          {"other", one.other.text()},
          {"other_row", one.other_line},
          {"other_ref", one.other_ref},
          {"same", one.field},
          {"label", one.label},
          {"similarity", one.similarity}};
}

}  // namespace

std::string query_of(const platform::HttpRequest& request, std::string_view name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

Result<ImportRequest> import_request(const platform::HttpRequest& request, const HubConfig& config,
                                     platform::Entropy& entropy, std::int64_t now_ms) {
  ImportRequest wanted{query_of(request, "scope")};
  if (const std::string source = query_of(request, "source"); !source.empty()) wanted.source = source;
  wanted.dry_run = query_of(request, "dry_run") == "1";
  wanted.accept_columns = query_of(request, "accept_columns") == "1";
  wanted.partial = query_of(request, "partial") == "1";
  HOLDLINE_ASSIGN(wanted.columns, texts_in(query_of(request, "columns"), "columns"));
  HOLDLINE_ASSIGN(wanted.constants, texts_in(query_of(request, "constants"), "constants"));
  if (const std::string obtained = query_of(request, "obtained"); !obtained.empty()) {
    wanted.obtained_ms = sync::obtained_ms(obtained);
    if (!wanted.obtained_ms)
      return fail(ErrorKind::ask_person, "malformed", "`obtained` must be a day like 2026-11-28, or a time.");
    wanted.obtained_day = obtained.find('T') == std::string::npos;
  }
  if (const std::string modified = query_of(request, "modified"); !modified.empty()) {
    wanted.modified_ms = sync::parse_time(modified);
    if (!wanted.modified_ms) return fail(ErrorKind::ask_person, "malformed", "`modified` must be a time.");
  }
  wanted.older = query_of(request, "older") == "1";
  wanted.site = {config.region, platform::time_zone_named};
  wanted.file = query_of(request, "file");
  wanted.person = query_of(request, "by");
  if (wanted.person.size() > longest_person || sync::has_control_character(wanted.person))
    return fail(ErrorKind::ask_person, "malformed", "`by` must be a name of at most 80 bytes.");
  const auto run = Id::parse(query_of(request, "run"));
  wanted.run = run ? *run : entropy.id();
  wanted.begun_ms = now_ms;
  std::istringstream hints(query_of(request, "accept"));
  sync::Acceptance accepted{{}, query_of(request, "because")};
  for (std::string hint; std::getline(hints, hint, ',');) accepted.hints.push_back(hint);
  if (!accepted.hints.empty()) wanted.acceptance = std::move(accepted);
  return wanted;
}

json to_json(const ImportReport& report) {
  json rejected = json::array(), columns = json::array(), duplicates = json::array();
  for (const RejectedRow& row : report.rejected)
    rejected.push_back(
        {{"row", row.line}, {"field", row.field}, {"label", row.label}, {"code", row.code}, {"message", row.message}});
  for (const auto& [heading, field] : report.columns) columns.push_back({{"heading", heading}, {"field", field}});
  for (const ProbableDuplicate& one : report.duplicates) duplicates.push_back(to_json(one));
  return {{"schema", "holdline.import/2"},
          {"read_as", report.read_as},
          {"columns", columns},
          {"rows", report.rows},
          {"blank", report.blank},
          {"created", report.created},
          {"updated", report.updated},
          {"unchanged", report.unchanged},
          {"conflicts", report.conflicts},
          {"rejected_count", report.rejected_count},
          {"rejected", rejected},
          {"columns_guessed", report.columns_guessed},
          {"partial", report.partial},
          {"missing_count", report.missing.count},
          {"missing", report.missing.refs},
          {"deleted_count", report.deleted.count},
          {"deleted", report.deleted.refs},
          {"merged_count", report.merged.count},
          {"merged", report.merged.refs},
          {"duplicate_count", report.duplicate_count},
          {"duplicates", duplicates},
          {"earlier", report.earlier ? to_json(*report.earlier) : json()}};
}

json to_json(const Rescan& found) {
  json duplicates = json::array();
  for (const ProbableDuplicate& one : found.duplicates) {
    duplicates.push_back(to_json(one));
    for (const char* of_file : {"row", "other_row"}) duplicates.back().erase(of_file);
    for (const auto& [key, id] : {std::pair{"name", one.id}, {"other_name", one.other}})
      if (const auto name = found.names.find(id); name != found.names.end()) duplicates.back()[key] = name->second;
  }
  return {{"schema", "holdline.duplicates/1"},
          {"customers", found.customers},
          {"duplicate_count", found.count},
          {"duplicates", duplicates}};
}

json to_json(const ImportRun& run) {
  return {{"id", run.id.text()},
          {"source", run.source},
          {"scope", run.scope},
          {"file", run.file},
          {"by", run.person},
          {"sha256", sync::to_hex(run.hash.view())},
          {"begun", sync::format_time(run.begun_ms)},
          {"at", sync::format_time(run.at_ms)},
          {"as_of", sync::format_time(run.as_of_ms)},
          {"partial", run.partial},
          {"state", run.state == ImportRun::State::finished ? "finished" : "unfinished"},
          {"row", run.line},
          {"bytes_read", run.read},
          {"bytes", run.of_bytes},
          {"rows", run.rows},
          {"blank", run.blank},
          {"created", run.created},
          {"updated", run.updated},
          {"unchanged", run.unchanged},
          {"conflicts", run.conflicts},
          {"rejected_count", run.rejected}};
}

}  // namespace holdline::hub
