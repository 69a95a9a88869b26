#include "tests/crashlab/fault_lab.hpp"

namespace holdline::crashlab {

using support::PowerLoss;

Outcome FaultLab::run(Fault fault, std::uint64_t seed, const Tell& tell) {
  random_ = Random(seed);
  damage_.begin();
  begin(fault, seed, tell);
  const auto before = station_.disk().counts();
  Outcome outcome;
  outcome.what = strike(fault);
  if (!outcome.what.empty()) {
    outcome.verdict = Verdict::detected;
  } else if (fault >= Fault::bit_flip) {
    outcome.verdict = Verdict::harmless;
  }
  station_.close();
  outcome.acked_checked = acked();
  outcome.injected = between(before, station_.disk().counts());
  outcome.injected += damage_.done();
  return outcome;
}

std::string FaultLab::strike(Fault fault) {
  switch (fault) {
    case Fault::power_cut:
    case Fault::kill:
      cut_power(fault == Fault::kill);
      return {};
    case Fault::failed_sync:
      return fail_sync();
    case Fault::read_only:
      return refuse_changes();
    case Fault::read_error:
      return fail_read();
    case Fault::bit_flip:
      return flip_bit();
    case Fault::misdirected:
      return lead_write_astray(true);
    case Fault::stale_page:
      return one_of(2) ? lead_write_astray(false) : put_page_back();
    case Fault::swapped_file:
      return swap_file();
  }
  return {};
}

void FaultLab::cut_power(bool only_the_process) {
  const auto loss = [&] { return only_the_process ? PowerLoss::none : any_power_loss(random_); };
  support::FaultDisk& disk = station_.disk();
  if (one_of(moments_.opens_one_in)) {
    disk.cut_power_at(1 + random_.below(moments_.opening));
    if (station_.open()) static_cast<void>(station_.work(drawn(moments_.work_after_opening)));
  } else {
    station_.start();
    disk.cut_power_at(1 + random_.below(moments_.working));
    static_cast<void>(station_.work(drawn(moments_.work)));
  }
  station_.lose(loss());
  while (one_of(3)) {
    disk.cut_power_at(1 + random_.below(moments_.recovering));
    static_cast<void>(station_.open());
    station_.lose(loss());
  }
  find_everything();
  station_.must_work(1);
}

void FaultLab::end_somehow() { station_.lose(one_of(2) ? PowerLoss::none : any_power_loss(random_)); }

void FaultLab::find_everything() {
  station_.start();
  station_.accept();
}

std::string FaultLab::miss_file(Swap way, const StoreFiles& taken) {
  if (station_.open()) lost("it opened without its file, as if nothing had been there");
  if (!station_.disk().read(station_.path()).empty()) lost("a new file was made in place of the one that is away");
  station_.lose(PowerLoss::none);
  damage_.put_back(way, taken);
  find_everything();
  return "file missing";
}

}  // namespace holdline::crashlab
