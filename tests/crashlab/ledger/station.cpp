#include "tests/crashlab/ledger/station.hpp"

#include "sync/wire/dictionary.hpp"

namespace holdline::crashlab {

LedgerStation::LedgerStation(Random& random) : Station("/ledger.db", 1), random_(random) {
  options_.file = path();
  options_.vfs_name = disk().vfs_name();
  options_.writer_cache_kib = 512;
  options_.reader_cache_kib = 256;
  options_.idle_readers = 1;
  const hub::NewLedger fresh{sync::Id{{1}}, sync::Id{{2}}, schema_.text(), sync::train_dictionary(schema_)};
  ledger_ = must(hub::SqliteLedger::create(options_, key_, fresh));
  must(ledger_->put_person(book_.person()));
  mark_set_up();
  close();
  fresh_ = {disk().image(), {}};
  must(open());
  truths_.push_back(must(book_.observe(*ledger_)));
  for (std::size_t i = 0; i < book_.size(); ++i) {
    if (i == 16) {
      close();
      aged_ = {disk().image(), acked_};
      must(open());
    }
    must(take(1));
    truths_.push_back(must(book_.observe(*ledger_)));
  }
  close();
}

void LedgerStation::begin(const Prepared& from, std::uint64_t seed, Tell tell) {
  go_back_to(*from.disk, seed, std::move(tell));
  entropy_.reseed(seed);
  acked_ = from.acked;
  pushes_under_way_ = people_under_way_ = 0;
}

Result<void> LedgerStation::open() {
  close();
  auto opened = hub::SqliteLedger::open(options_, key_);
  tell(opened ? "opens" : "cannot open: " + opened.error().code);
  if (!opened) return fail(std::move(opened));
  ledger_ = *std::move(opened);
  return {};
}

// --- work ---

hub::Person LedgerStation::person(std::size_t n) const {
  hub::Person added = book_.person();
  added.id = sync::Id{{5, static_cast<std::uint8_t>(n)}};
  added.name = "person" + std::to_string(n);
  return added;
}

Result<void> LedgerStation::work(std::size_t steps) {
  for (std::size_t i = 0; i < steps && acked_.pushes + 4 < book_.size(); ++i) {
    switch (random_.below(8)) {
      case 0:
        HOLDLINE_TRY(add_person());
        break;
      case 1: {
        const auto moved = ledger_->checkpoint();
        tell(moved ? "moves the log" : "moves the log: " + moved.error().code);
        if (!moved) return moved;
        break;
      }
      default:
        HOLDLINE_TRY(take(1 + random_.below(3)));
    }
  }
  return {};
}

Result<void> LedgerStation::take(std::size_t count) {
  hub::Intake intake(*ledger_, entropy_);
  std::vector<hub::IncomingPush> group;
  for (std::size_t i = 0; i < count; ++i) group.push_back(book_.push(acked_.pushes + i));
  auto replies = intake.take(group, began_ms);
  tell("takes " + std::to_string(count) + " pushes" + (replies.front() ? "" : ": " + replies.front().error().code));
  if (!replies.front()) {
    // Once nobody knows what became of a group, nothing more is taken.
    if (pushes_under_way_ == 0) pushes_under_way_ = count;
    return fail(std::move(replies.front()));
  }
  for (std::size_t i = 0; i < count; ++i) {
    acked_.actions += group[i].actions.size();
    acked_.replies[acked_.pushes++] = *std::move(replies[i]);
  }
  return {};
}

Result<void> LedgerStation::add_person() {
  auto put = ledger_->put_person(person(acked_.people));
  tell(put ? "adds a person" : "adds a person: " + put.error().code);
  if (put)
    ++acked_.people;
  else
    people_under_way_ = 1;
  return put;
}

// --- checks ---

// All that was answered is there, with all or nothing of the group that was under way.
void LedgerStation::accept() {
  const auto found = book_.observe(*ledger_);
  if (!found) lost("what was answered cannot be read: " + found.error().code);
  const std::size_t all_of_it = acked_.pushes + pushes_under_way_;
  if (*found == truths_[all_of_it]) {
    acked_.pushes = all_of_it;
  } else if (*found != truths_[acked_.pushes]) {
    lost(difference(truths_[acked_.pushes], *found) + (pushes_under_way_ > 0 ? "; nor is it all of the group" : ""));
  }
  pushes_under_way_ = 0;
  if (auto checked = ledger_->check_digests(); !checked) lost("the digests are not those of the rows");
  accept_people();
  accept_replies();
}

void LedgerStation::accept_people() {
  const auto people = ledger_->people(ledger_scopes);
  if (!people) lost("the people cannot be read: " + people.error().code);
  const std::size_t found = people->size() - 1;  // beside the one everybody is signed in as
  if (found < acked_.people || found > acked_.people + people_under_way_)
    lost(std::to_string(found) + " people instead of " + std::to_string(acked_.people));
  acked_.people = found;
  people_under_way_ = 0;
}

// Every answer is in the stream as it was told, a push that is sent again gets it again, and a position that was told
// is still one.
void LedgerStation::accept_replies() {
  if (acked_.replies.empty()) return;
  const auto reader = ledger_->reader();
  if (!reader) lost("what was answered cannot be read: " + reader.error().code);
  std::map<sync::Id, std::vector<sync::ActionResult>> streams;
  for (const hub::Device& device : book_.devices())
    if (auto stream = (*reader)->results(device.id, 0, 100'000)) streams[device.id] = *std::move(stream);
  for (const auto& [push, reply] : acked_.replies) {
    const auto& stream = streams[book_.push(push).device.id];
    for (const sync::ActionResult& told : reply.results)
      if (told.entry > stream.size() || stream[told.entry - 1] != told)
        lost("the answer to push " + std::to_string(push) + " is another now");
  }
  auto told = acked_.replies.begin();
  std::advance(told, random_.below(static_cast<std::uint32_t>(acked_.replies.size())));
  if (!(*reader)->cut(told->second.results.front().at, ledger_scopes, 0xff, 1'000'000))
    lost("a position that was told is not known any more");
  hub::Intake intake(*ledger_, entropy_);
  const std::vector<hub::IncomingPush> again{book_.push(told->first)};
  const auto reply = intake.take(again, began_ms).front();
  if (!reply || *reply != told->second) lost("push " + std::to_string(told->first) + " is answered otherwise now");
}

void LedgerStation::accept_what_is_read() {
  if (const auto found = book_.observe(*ledger_); found && *found != truths_[acked_.pushes])
    undetected("with an unreadable page: " + difference(truths_[acked_.pushes], *found));
}

std::string LedgerStation::judge() {
  if (!open()) return "not opened";
  if (auto checked = ledger_->check_digests(); !checked) return "digests of the rows";
  const auto found = book_.observe(*ledger_);
  if (!found) return "error when read";
  const LedgerTruth& truth = truths_[acked_.pushes];
  if (found->head < truth.head) return "by the workstations' positions";
  if (found->progress != truth.progress) return "by the workstations' numbers";
  for (const auto& [device, end] : truth.stream_ends)
    if (found->stream_ends.at(device) < end) return "by the workstations' results";
  if (*found != truth) undetected(difference(truth, *found));
  const auto people = ledger_->people(ledger_scopes);
  if (!people) return "error when read";
  if (people->size() != acked_.people + 1) tell("people are those of an earlier moment");
  return {};
}

}  // namespace holdline::crashlab
