// Cases as diallers of other makers take them: one file for each format, within the lengths and counts that its maker
// documents (docs/diallers.md has the tables). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync/base/id.hpp"
#include "sync/base/result.hpp"

namespace holdline::hub {

enum class DiallerFormat : std::uint8_t {
  vicidial,  // one add_lead request of the non-agent API a line, without user and password
  genesys,   // a contact list of Genesys Cloud, CSV
  connect,   // one PutDialRequestBatch of Amazon Connect a line, JSON
  jsonl,     // one JSON object a line, for any other
};
std::optional<DiallerFormat> dialler_format(std::string_view name);
std::string_view name_of(DiallerFormat format);

// By which a dialler names a case when it tells what became of it: the claim, and the end of the id of what it was
// handed over with, so that another system's number is not taken for one of ours. At most 20 characters.
std::string dialler_key(std::uint64_t fence, const sync::Id& batch);
struct DiallerKey {
  std::uint64_t fence = 0;
  std::string tail;  // of the batch
};
std::optional<DiallerKey> read_dialler_key(std::string_view text);
bool is_of(const DiallerKey& key, const sync::Id& batch);

struct DiallerCase {
  std::string key;
  std::string number;                   // E.164
  std::vector<std::string> zones = {};  // that its clocks may be in
  std::string language = {};            // empty: any
  std::int64_t until_ms = 0;            // not to be dialled after that
  std::string name = {}, reason = {};   // empty unless they were asked for
};

struct DiallerOptions {
  std::string list;      // vicidial: list_id
  std::string campaign;  // vicidial: campaign_id, may be empty; connect: the id of the campaign
};
// ask_person "dialler-options": what the format needs and was not given, or is malformed.
Result<void> check_options(DiallerFormat format, const DiallerOptions& options);

// For how long a case may be handed over at most, and at least; a request of Connect expires within 15 minutes.
std::int64_t longest_ms(DiallerFormat format);
std::int64_t shortest_ms(DiallerFormat format);

// Why the format cannot take it; empty: it can.
std::string misfit(DiallerFormat format, const DiallerCase& of);
// The file. Options and cases were checked.
std::string dialler_text(DiallerFormat format, const DiallerOptions& options, std::span<const DiallerCase> cases);

}  // namespace holdline::hub
