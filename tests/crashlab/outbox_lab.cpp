#include "tests/crashlab/outbox_lab.hpp"

#include <algorithm>

#include "tests/crashlab/outbox_station.hpp"

namespace holdline::crashlab {

namespace {

using support::PowerLoss;

constexpr std::int64_t page = 4096;

class OutboxLab final : public Lab {
 public:
  OutboxLab();
  Outcome run(Fault fault, std::uint64_t seed, const Tell& tell) override;

 private:
  std::string inject(Fault fault);
  // Each does its work and checks what an intact outbox has to keep; those that damage the file say how that was told,
  // or nothing when it changed nothing.
  void cut_power(bool only_the_process);
  void fail_sync();
  void heal(bool for_ever);
  void refuse_changes();
  void fail_read();
  std::string flip_bit();
  std::string lead_write_astray(bool misdirect);
  std::string put_page_back();
  std::string swap_file();

  void start();
  void work_at_rest(bool keep_log);
  void must_work(std::size_t steps);
  std::string judge(const HubMemory& hub);
  std::string told_by_hub(const HubMemory& hub, const OutboxTruth& found);
  bool older_beside_the_chain(const OutboxTruth& found) const;
  void swap(std::uint32_t how, const std::string& older, const std::string& older_log);

  OutboxStation pc_{1};
  OutboxStation::Prepared fresh_, aged_;
  std::shared_ptr<const support::FaultDisk::Image> of_another_;
  std::string other_file_, other_log_;
  Random random_{1};
  Injected more_;
  Tell tell_;
};

OutboxLab::OutboxLab() {
  const Tell nobody = [](const std::string&) {};
  const auto age = [&](OutboxStation& pc) {
    fresh_.disk = pc.disk().image();
    pc.begin(fresh_, 42, nobody);
    must(pc.create());
    pc.close();
    fresh_ = pc.prepared();
    pc.begin(fresh_, 42, nobody);
    must(pc.open());
    must(pc.work(60));
  };
  OutboxStation another(2);
  age(another);
  other_file_ = another.disk().read(another.path());
  other_log_ = another.disk().read(another.log_path());
  age(pc_);
  pc_.close();
  aged_ = pc_.prepared();
}

Outcome OutboxLab::run(Fault fault, std::uint64_t seed, const Tell& tell) {
  random_ = Random(seed);
  tell_ = tell;
  more_ = {};
  pc_.set_checkpoint_after(one_in(random_, 2) ? 8 : 400);
  pc_.begin(one_in(random_, 2) ? fresh_ : aged_, seed, tell);
  const auto before = pc_.disk().counts();
  Outcome outcome;
  outcome.what = inject(fault);
  const bool damages = fault >= Fault::bit_flip;
  if (!outcome.what.empty()) outcome.verdict = Verdict::detected;
  if (damages && outcome.what.empty()) outcome.verdict = Verdict::harmless;
  pc_.close();
  outcome.acked_checked = pc_.truth().actions();
  outcome.injected = between(before, pc_.disk().counts());
  outcome.injected += more_;
  return outcome;
}

std::string OutboxLab::inject(Fault fault) {
  switch (fault) {
    case Fault::power_cut:
    case Fault::kill:
      cut_power(fault == Fault::kill);
      return {};
    case Fault::failed_sync:
      fail_sync();
      return {};
    case Fault::read_only:
      refuse_changes();
      return {};
    case Fault::read_error:
      fail_read();
      return {};
    case Fault::bit_flip:
      return flip_bit();
    case Fault::misdirected:
      return lead_write_astray(true);
    case Fault::stale_page:
      return one_in(random_, 2) ? lead_write_astray(false) : put_page_back();
    case Fault::swapped_file:
      return swap_file();
  }
  return {};
}

void OutboxLab::start() {
  if (const auto opened = pc_.open(); !opened) lost("it does not open: " + opened.error().code);
}

void OutboxLab::must_work(std::size_t steps) {
  if (const auto worked = pc_.work(steps); !worked) lost("work is refused: " + worked.error().code);
}

// --- power ---

void OutboxLab::cut_power(bool only_the_process) {
  const auto loss = [&] { return only_the_process ? PowerLoss::none : any_power_loss(random_); };
  if (one_in(random_, 8)) {
    pc_.disk().cut_power_at(1 + random_.below(30));  // while it opens
    if (pc_.open()) static_cast<void>(pc_.work(4 + random_.below(8)));
  } else {
    start();
    pc_.disk().cut_power_at(1 + random_.below(90));
    static_cast<void>(pc_.work(4 + random_.below(12)));
  }
  pc_.lose(loss());
  // The power goes again while the start recovers from that.
  while (one_in(random_, 3)) {
    pc_.disk().cut_power_at(1 + random_.below(40));
    static_cast<void>(pc_.open());
    pc_.lose(loss());
  }
  start();
  pc_.accept();
  must_work(1);
}

// --- syncs that fail, disks that cannot be written ---

void OutboxLab::fail_sync() {
  start();
  const bool for_ever = one_in(random_, 4);
  pc_.disk().fail_sync(1 + random_.below(24), for_ever);
  for (int round = 0; round < 2; ++round) {
    if (pc_.work(8 + random_.below(8))) break;
    heal(for_ever);
    pc_.accept();
    if (for_ever) break;
  }
  pc_.disk().mend();
  must_work(1);
  pc_.lose(any_power_loss(random_));
  start();
  pc_.accept();
}

// From the refusal to an outbox that is trusted again.
void OutboxLab::heal(bool for_ever) {
  if (pc_.outbox().status().health == agent::OutboxHealth::writable)
    lost("something was refused, and yet the outbox says that it can be written");
  if (pc_.takes_entries()) lost("something was acknowledged after a failed sync and before the recovery");
  if (for_ever && pc_.outbox().recover()) lost("it recovered on a disk that cannot sync");
  switch (random_.below(4)) {
    case 0:
      pc_.disk().mend();
      if (auto healed = pc_.outbox().recover(); !healed) lost("it does not recover: " + healed.error().code);
      return;
    case 1:
      pc_.lose(PowerLoss::none);
      break;
    case 2:
      pc_.lose(any_power_loss(random_));
      break;
    case 3:
      // The power goes while it recovers, before anything new was saved.
      pc_.disk().mend();
      pc_.disk().cut_power_at(1 + random_.below(30));
      if (one_in(random_, 2)) {
        static_cast<void>(pc_.outbox().recover());
      } else {
        pc_.disk().cut_power();
        pc_.lose(PowerLoss::none);
        pc_.disk().cut_power_at(1 + random_.below(30));
        static_cast<void>(pc_.open());
      }
      pc_.lose(any_power_loss(random_));
      break;
  }
  start();
}

void OutboxLab::refuse_changes() {
  start();
  pc_.disk().refuse_changes(1 + random_.below(60));
  const auto worked = pc_.work(10 + random_.below(10));
  if (!worked) {
    if (pc_.outbox().status().health == agent::OutboxHealth::writable || pc_.outbox().status().advice.empty())
      lost("something was refused, and the outbox does not say why");
    if (pc_.takes_entries()) lost("something was acknowledged on a disk that cannot be written");
    pc_.accept_remains();
    if (pc_.outbox().recover()) lost("it recovered on a disk that cannot be written");
    if (one_in(random_, 2)) {
      pc_.disk().mend();
      if (auto healed = pc_.outbox().recover(); !healed) lost("it does not recover: " + healed.error().code);
      pc_.accept();
    }
  }
  pc_.lose(one_in(random_, 2) ? PowerLoss::none : any_power_loss(random_));
  start();
  pc_.accept();
  must_work(1);
}

// --- reads that fail ---

void OutboxLab::fail_read() {
  work_at_rest(one_in(random_, 2));
  const bool at_work = one_in(random_, 3);
  if (at_work) start();
  const bool in_log = one_in(random_, 3);
  const std::string file = in_log ? pc_.log_path() : pc_.path();
  if (const std::size_t size = pc_.disk().read(file).size(); size > 0 && !one_in(random_, 4)) {
    const std::uint64_t at = random_.below(static_cast<std::uint32_t>(size)) / page * page;
    pc_.disk().fail_reads_of(file, at, page);
    tell_(file + " cannot be read at " + std::to_string(at));
  } else {
    pc_.disk().fail_read(1 + random_.below(60), one_in(random_, 3));
  }
  if (at_work) {
    static_cast<void>(pc_.work(6));
    if (pc_.is_open()) pc_.accept_remains();
  } else if (pc_.open()) {
    if (pc_.outbox().status().health == agent::OutboxHealth::writable) {
      if (const auto found = pc_.observe(); found && *found != pc_.truth())
        undetected("with an unreadable page: " + difference(pc_.truth(), *found));
    } else {
      pc_.accept_remains();
    }
  }
  pc_.lose(PowerLoss::none);
  start();
  pc_.accept();
}

// --- damage ---

// Some work, then nobody has the file open. `keep_log`: the process died, so that the last entries are in the log.
void OutboxLab::work_at_rest(bool keep_log) {
  start();
  must_work(4 + random_.below(12));
  if (keep_log) return pc_.lose(one_in(random_, 2) ? PowerLoss::none : PowerLoss::all_unsynced);
  pc_.close();
}

std::string OutboxLab::flip_bit() {
  work_at_rest(one_in(random_, 2));
  const std::string file = pc_.disk().read(pc_.path()), log = pc_.disk().read(pc_.log_path());
  const auto at = random_.below(static_cast<std::uint32_t>((file.size() + log.size()) * 8));
  const bool in_file = at < file.size() * 8;
  const std::string& path = in_file ? pc_.path() : pc_.log_path();
  const std::uint64_t bit = in_file ? at : at - file.size() * 8;
  pc_.disk().flip_bit(path, bit);
  tell_("bit " + std::to_string(bit) + " of " + path + " (" + std::to_string((in_file ? file : log).size()) +
        " bytes) turns over");
  std::string told;
  if (!pc_.open()) {
    told = "not opened";
  } else if (pc_.outbox().status().health == agent::OutboxHealth::read_only) {
    told = "read-only";
    pc_.accept_remains();
  } else {
    const auto found = pc_.observe();
    if (!found) return "error when read";
    if (*found != pc_.truth()) undetected("after a flipped bit: " + difference(pc_.truth(), *found));
    return {};
  }
  // What was told left everything as it was, for whoever repairs it.
  pc_.lose(PowerLoss::none);
  more_.bit_flips -= 1;
  pc_.disk().flip_bit(path, bit);
  if (!pc_.open()) lost("the start that found the damage made it worse");
  pc_.accept();
  return told;
}

// The medium does a write to the file elsewhere, or not at all; it shows at the next start of the machine.
std::string OutboxLab::lead_write_astray(bool misdirect) {
  pc_.set_checkpoint_after(4);
  start();
  if (misdirect) {
    const auto pages = static_cast<std::int64_t>(1 + random_.below(5));
    pc_.disk().misdirect_write(pc_.path(), 1 + random_.below(12), (one_in(random_, 2) ? pages : -pages) * page);
  } else {
    pc_.disk().lose_write(pc_.path(), 1 + random_.below(12));
  }
  must_work(8 + random_.below(12));
  const HubMemory hub = pc_.hub_memory();
  pc_.lose(PowerLoss::all_unsynced);
  return judge(hub);
}

std::string OutboxLab::put_page_back() {
  const std::string before = pc_.disk().read(pc_.path());
  start();
  must_work(8 + random_.below(12));
  const HubMemory hub = pc_.hub_memory();
  pc_.close();
  std::string now = pc_.disk().read(pc_.path());
  std::vector<std::size_t> changed;
  for (std::size_t at = 0; at + page <= std::min(before.size(), now.size()); at += page)
    if (before.compare(at, page, now, at, page) != 0) changed.push_back(at);
  if (changed.empty()) return {};
  const std::size_t at = changed[random_.below(static_cast<std::uint32_t>(changed.size()))];
  now.replace(at, page, before, at, page);
  pc_.disk().write(pc_.path(), now);
  ++more_.stale_pages;
  tell_("the page at " + std::to_string(at) + " is the older one again");
  return judge(hub);
}

std::string OutboxLab::swap_file() {
  start();
  must_work(4);
  pc_.lose(PowerLoss::none);
  const std::string older = pc_.disk().read(pc_.path()), older_log = pc_.disk().read(pc_.log_path());
  start();
  must_work(6 + random_.below(12));
  const HubMemory hub = pc_.hub_memory();
  if (one_in(random_, 3)) {
    pc_.close();
  } else {
    pc_.lose(PowerLoss::none);
  }
  swap(random_.below(9), older, older_log);
  ++more_.swapped_files;
  return judge(hub);
}

void OutboxLab::swap(std::uint32_t how, const std::string& older, const std::string& older_log) {
  support::FaultDisk& disk = pc_.disk();
  const std::string& file = pc_.path();
  const std::string log = pc_.log_path(), now = disk.read(file), now_log = disk.read(log);
  const auto part = [&](const std::string& of) {
    return of.substr(0, of.empty() ? 0 : random_.below(static_cast<std::uint32_t>(of.size())));
  };
  switch (how) {
    case 0:
      tell_("an older file is put back, with its log");
      disk.write(file, older);
      return disk.write(log, older_log);
    case 1:
      tell_("an older file is put back under the log of today");
      return disk.write(file, older);
    case 2:
      tell_("an older log is put back beside the file of today");
      return disk.write(log, older_log);
    case 3:
      tell_("the log is deleted");
      return disk.write(log, std::nullopt);
    case 4:
      tell_("the log is cut off");
      return disk.write(log, part(now_log));
    case 5:
      tell_("the file is emptied");
      return disk.write(file, "");
    case 6:
      tell_("the file is cut off");
      return disk.write(file, part(now));
    case 7:
      tell_("the log of another workstation lies beside the file");
      return disk.write(log, other_log_);
    default:
      tell_("the file of another workstation is put there");
      disk.write(file, other_file_);
      return disk.write(log, other_log_);
  }
}

// How damage was told: by the start, by reading, or at the latest by the hub, which knows every entry of this
// workstation by number and hash. Empty: everything reads as before.
std::string OutboxLab::judge(const HubMemory& hub) {
  if (!pc_.open()) return "not opened";
  const auto found = pc_.observe();
  if (pc_.outbox().status().health == agent::OutboxHealth::read_only) {
    if (pc_.outbox().maker() == hub.maker) pc_.accept_remains();
    return "read-only";
  }
  if (pc_.outbox().maker().device != hub.maker.device) return "another device";
  if (found && *found == pc_.truth()) return {};
  return told_by_hub(hub, found ? *found : OutboxTruth{});
}

std::string OutboxLab::told_by_hub(const HubMemory& hub, const OutboxTruth& found) {
  const auto status = pc_.outbox().status();
  bool same = pc_.outbox().maker() == hub.maker;
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane)
    same = same && status.lanes[lane].number == hub.tips[lane].number && status.lanes[lane].hash == hub.tips[lane].hash;
  if (!same) return "by the hub's memory of the chain";
  // The stream of results is asked for from the cursor on: an older cursor with what belongs to it is made good.
  if (found.results_to < pc_.truth().results_to) {
    auto told_then = pc_.truth().results;
    std::erase_if(told_then, [&](const auto& told) { return told.second.entry > found.results_to; });
    if (found.results == told_then) return "by the cursor of the results";
  }
  if (older_beside_the_chain(found)) {
    tell_("actions are whole; results or sign-ins are those of an earlier moment");
    return {};
  }
  undetected(difference(pc_.truth(), found));
}

// Every action is there and only what lies beside the chain is older: results, which the hub tells again for what is
// offered again, and sign-ins, without which it holds an action back where people see it.
bool OutboxLab::older_beside_the_chain(const OutboxTruth& found) const {
  const OutboxTruth& truth = pc_.truth();
  const bool told_before = std::ranges::all_of(found.results, [&](const auto& told) {
    const auto known = truth.results.find(told.first);
    return known != truth.results.end() && told.second.entry <= known->second.entry;
  });
  return found.lanes == truth.lanes && found.let_go == truth.let_go && told_before &&
         found.results_to <= truth.results_to && found.assertions <= truth.assertions;
}

}  // namespace

std::unique_ptr<Lab> make_outbox_lab() { return std::make_unique<OutboxLab>(); }

}  // namespace holdline::crashlab
