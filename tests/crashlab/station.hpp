// A machine with one store on a disk that fails. What a store does at work, and what it must still hold, is each
// station's own.
#pragma once

#include <memory>
#include <string>

#include "platform/database/first_run.hpp"
#include "tests/crashlab/experiment.hpp"

namespace holdline::crashlab {

class Station {
 public:
  virtual ~Station() = default;
  Station(const Station&) = delete;
  Station& operator=(const Station&) = delete;

  // As the daemon does when it starts.
  virtual Result<void> open() = 0;
  virtual void close() = 0;
  // Does up to `steps` things; the error of the first one that was refused.
  virtual Result<void> work(std::size_t steps) = 0;
  // The open store holds what was acknowledged, with all or nothing of what was under way. Throws Broken. Work can go
  // on from what was found.
  virtual void accept() = 0;

  // Both throw Broken when it is refused.
  void start();
  void must_work(std::size_t steps);
  // The power goes, or with PowerLoss::none the process dies; the machine is on again afterwards, without faults.
  void lose(support::PowerLoss loss);

  support::FaultDisk& disk() { return disk_; }
  const support::FaultDisk& disk() const { return disk_; }
  const std::string& path() const { return path_; }
  std::string log_path() const { return path_ + "-wal"; }
  // What a start makes of what lies on the disk: the first run, or a later one.
  platform::OpenMode open_mode() const;
  void tell(const std::string& step) const { tell_(step); }

 protected:
  Station(std::string path, std::uint64_t disk_seed) : disk_(new_disk_name(), disk_seed), path_(std::move(path)) {}
  // From now on a missing file is one that was lost.
  void mark_set_up() { disk_.write(marker, "set up"); }
  // Begins a run: the disk is as it was then, on a machine without faults.
  void go_back_to(const support::FaultDisk::Image& then, std::uint64_t seed, Tell tell);

 private:
  static constexpr const char* marker = "/set-up";
  support::FaultDisk disk_;
  const std::string path_;
  Tell tell_ = [](const std::string&) {};
};

}  // namespace holdline::crashlab
