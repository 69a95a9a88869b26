// The frame of every experiment, whatever the store: how it begins, which fault is done, what is counted, how it ends.
#pragma once

#include <cstdint>
#include <string>

#include "tests/crashlab/disk_damage.hpp"

namespace holdline::crashlab {

class FaultLab : public Lab {
 public:
  Outcome run(Fault fault, std::uint64_t seed, const Tell& tell) final;

 protected:
  // least .. least + kinds - 1; one kind alone is not drawn.
  struct Steps {
    std::uint32_t least = 1, kinds = 1;
  };
  // When the power goes: at one of so many changes.
  struct Moments {
    std::uint32_t opens_one_in;  // in one experiment of so many it goes while the store opens, else while it works
    std::uint32_t opening, working, recovering;
    Steps work_after_opening, work;
  };
  // The station is the derived lab's: it is not used before the first run.
  FaultLab(Station& station, const Moments& moments)
      : damage_(station, random_), station_(station), moments_(moments) {}

  // Puts a prepared machine there, without faults.
  virtual void begin(Fault fault, std::uint64_t seed, const Tell& tell) = 0;
  // How many acknowledged actions were looked for.
  virtual std::uint64_t acked() const { return 0; }

  // Each does its work and checks what an intact store has to keep; it says how damage was told, or nothing when there
  // was none or it changed nothing. Throws Broken.
  virtual std::string fail_sync() = 0;
  virtual std::string refuse_changes() = 0;
  virtual std::string fail_read() = 0;
  virtual std::string flip_bit() = 0;
  virtual std::string lead_write_astray(bool misdirect) = 0;
  virtual std::string put_page_back() = 0;
  virtual std::string swap_file() = 0;

  std::uint32_t drawn(Steps steps) { return steps.least + (steps.kinds > 1 ? random_.below(steps.kinds) : 0); }
  bool one_of(std::uint32_t n) { return one_in(random_, n); }

  // The process dies, or the power goes.
  void end_somehow();
  // Starts as the daemon does: everything acknowledged is there.
  void find_everything();
  // The file was taken away in this way: the start says so, makes nothing in its place, and leaves what is there for
  // whoever puts the file back.
  std::string miss_file(Swap way, const StoreFiles& taken);

  Random random_{1};
  DiskDamage damage_;

 private:
  std::string strike(Fault fault);
  // It goes, and may go again while the start recovers from that. Then everything is there and work goes on.
  void cut_power(bool only_the_process);

  Station& station_;
  const Moments moments_;
};

}  // namespace holdline::crashlab
