// A workstation's replica on a disk that fails, the work done with it, and what it may show.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "tests/crashlab/replica/feed_book.hpp"
#include "tests/crashlab/station.hpp"

namespace holdline::crashlab {

class ReplicaStation final : public Station {
 public:
  // Makes the two prepared disks. Work draws from the chance of the experiment.
  explicit ReplicaStation(Random& random);

  struct Prepared {
    std::shared_ptr<const support::FaultDisk::Image> disk;
    sync::ChangeNumber at = 0;
  };
  const Prepared& fresh() const { return fresh_; }
  const Prepared& aged() const { return aged_; }
  // `stale`: a page of the file may keep its older bytes.
  void begin(const Prepared& from, std::uint64_t seed, Tell tell, bool stale);

  Result<void> open() override;
  void close() override { replica_.reset(); }
  bool is_open() const { return replica_ != nullptr; }
  Result<void> work(std::size_t steps) override;
  // The next cut of the feed.
  Result<void> follow();

  // Whole cuts only, and the digests are those of the rows.
  void accept() override;
  // What can be read of a disk that cannot be read everywhere are the ledger's rows. Throws Broken.
  void accept_what_is_read();
  // How damage was told: by the start, by the check of the rows, by reading, or at the next cut by the ledger's
  // digests. A copy that was made anew is fetched again. Empty: everything reads as before.
  std::string judge();

 private:
  Result<void> bootstrap(sync::ChangeNumber cn);
  Result<void> load(sync::ChangeNumber cn);
  std::string fetch_again(std::string told);
  void must_catch_up();
  bool shows(const LedgerRows& truth, std::string* why);
  bool finds(const LedgerRows& truth);

  const sync::Schema schema_ = must(sync::Schema::parse(sync::default_schema_text()));
  const FeedBook book_{schema_};
  agent::ReplicaOptions options_;
  const platform::SecretKey key_ = disk_key();
  Prepared fresh_, aged_;

  Random& random_;
  std::unique_ptr<agent::Replica> replica_;
  std::string rebuilt_because_;
  std::set<sync::ChangeNumber> visited_;  // positions the replica may come back to
  bool stale_ = false;
};

}  // namespace holdline::crashlab
