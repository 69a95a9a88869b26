#include "tests/crashlab/ledger/push_book.hpp"

#include <algorithm>

#include "sync/reference/reference.hpp"
#include "tests/crashlab/experiment.hpp"

namespace holdline::crashlab {

namespace {

constexpr std::size_t push_count = 44;
constexpr sync::Lane entry_lane = 2, customer_lane = 3;

sync::Id id_of(std::uint8_t kind, std::uint8_t n) { return {{kind, n}}; }

}  // namespace

std::string difference(const LedgerTruth& wanted, const LedgerTruth& found) {
  if (wanted.head != found.head)
    return "the feed ends at " + std::to_string(found.head) + " instead of " + std::to_string(wanted.head);
  if (wanted.progress != found.progress) return "the progress of a lane is another";
  if (!found.dense) return "a result is missing in the middle of a stream";
  if (wanted.stream_ends != found.stream_ends) return "a stream of results ends elsewhere";
  if (wanted.results != found.results) return "results are missing or others";
  if (wanted.digests != found.digests) return "records are others than were committed";
  return "none";
}

PushBook::PushBook(const sync::Schema& schema)
    : schema_(schema), versions_(std::make_shared<const sync::Schema>(schema)), key_(disk_key()) {
  person_.id = id_of(4, 1);
  person_.name = "agent";
  person_.public_key.assign(key_.public_key().begin(), key_.public_key().end());
  person_.scopes = ledger_scopes;
  person_.role = "supervisor";
  std::vector<Station> stations;
  for (std::uint8_t n = 1; n <= 2; ++n) {
    hub::Device device;
    device.id = id_of(9, n);
    device.name = "ws-" + std::to_string(n);
    device.scopes = ledger_scopes;
    devices_.push_back(device);
    Station& station = stations.emplace_back();
    station.maker = {device.id, id_of(10, n)};
    station.sign_in = {1, person_.id, began_ms, {}};
    const auto signature = key_.sign(sync::assertion_text(device.id, station.sign_in));
    station.sign_in.signature.assign(signature.begin(), signature.end());
  }
  Random random(7);
  std::uint64_t tokens = 0;
  while (pushes_.size() < push_count) {
    const std::size_t of = random.below(2);
    Station& station = stations[of];
    const std::size_t entries = station.lanes[entry_lane].size(), customers = station.lanes[customer_lane].size();
    for (std::uint32_t i = 0, count = 1 + random.below(4); i < count; ++i)
      act(station, random.next(), "#" + std::to_string(++tokens));
    send(devices_[of], station, entry_lane, entries);
    send(devices_[of], station, customer_lane, customers);
  }
}

void PushBook::act(Station& station, std::uint64_t draw, const std::string& token) {
  const bool entry = draw % 3 == 0, edits = !entry && !station.customers.empty() && draw % 3 == 1;
  const sync::Collection& of = *schema_.collection(entry ? "manual_entry" : "customer");
  const sync::Lane lane = entry ? entry_lane : customer_lane;
  auto& chain = station.lanes[lane];
  sync::Action action;
  action.header.lane = lane;
  action.header.number = chain.size() + 1;
  action.header.schema = schema_.version();
  action.header.person = person_.id;
  action.header.assertion = 1;
  action.header.event_ms = action.header.hybrid.ms = began_ms;
  action.header.made = {began_ms, id_of(7, 1), 1'000};
  sync::Op op{edits ? sync::OpKind::edit : sync::OpKind::create, {of.no, {}}, ledger_scopes[0], 0, {}, {}};
  const auto set = [&](const char* field, sync::Base base, std::string value) {
    op.changes.push_back({*of.field(field), std::move(base), std::move(value), {}, {}});
  };
  if (edits) {
    auto& [id, family] = station.customers[draw / 3 % station.customers.size()];
    op.record.id = id;
    set("family", sync::make_base(family), token);
    family = token;
  } else {
    op.record.id = sync::created_id(sync::origin_of(station.maker, action), 0);
    // As a desk gives it: what has none gets one at the hub, by the order in which a group is taken.
    if (of.reference)
      op.changes.push_back({*of.reference,
                            sync::BaseUnknown{},
                            sync::reference_text((draw % 1'000'000) * 10'000 + chain.size()),
                            {},
                            {}});
    if (entry) {
      set("kind", sync::BaseUnknown{}, "message");
      set("note", sync::BaseUnknown{},
          token + " " + std::string(draw / 900 % 8 == 0 ? long_note : draw / 3 % 300, 'x'));
    } else {
      set("given", sync::BaseUnknown{}, token);
      set("family", sync::BaseUnknown{}, token);
      station.customers.emplace_back(op.record.id, token);
    }
  }
  std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
  action.ops = {std::move(op)};
  const sync::Hash before = chain.empty() ? sync::Hash{} : chain.back().hash;
  chain.push_back(must(sync::store_action(schema_, station.maker, action, before)));
}

void PushBook::send(const hub::Device& device, const Station& station, sync::Lane lane, std::size_t from) {
  const auto& chain = station.lanes.at(lane);
  if (chain.size() == from) return;
  sync::Push push{{began_ms, id_of(7, 1), 2'000},
                  {station.maker, lane, from == 0 ? sync::Hash{} : chain[from - 1].hash, {}},
                  {station.sign_in}};
  push.batch.actions.assign(chain.begin() + static_cast<std::ptrdiff_t>(from), chain.end());
  pushes_.push_back(must(hub::read_push(versions_, device, std::move(push))));
}

Result<LedgerTruth> PushBook::observe(hub::Ledger& ledger) const {
  LedgerTruth found;
  HOLDLINE_ASSIGN(const auto reader, ledger.reader());
  HOLDLINE_ASSIGN(const sync::Cursor head, reader->head());
  found.head = head.cn;
  HOLDLINE_ASSIGN(found.digests, reader->digests(ledger_scopes, 0xff));
  for (const hub::Device& device : devices_) {
    HOLDLINE_ASSIGN(const auto lanes, reader->progress(device.id, id_of(10, device.id.bytes[1])));
    for (const auto& [key, progress] : lanes) found.progress[key] = progress.number;
    HOLDLINE_ASSIGN(const auto results, reader->results(device.id, 0, 100'000));
    std::uint64_t& end = found.stream_ends[device.id];
    for (const sync::ActionResult& told : results) {
      found.dense = found.dense && told.entry == end + 1;
      end = told.entry;
      found.results[{{device.id, told.incarnation, told.lane}, told.number}] = told.verdict;
    }
  }
  return found;
}

}  // namespace holdline::crashlab
