// A hub's ledger on a disk that fails, with intake in front of it, the work done with it, and the truth about what it
// has to hold.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/crashlab/ledger/push_book.hpp"
#include "tests/crashlab/station.hpp"

namespace holdline::crashlab {

class LedgerStation final : public Station {
 public:
  // Makes the two prepared disks. Work draws from the chance of the experiment.
  explicit LedgerStation(Random& random);

  // What a hub answered, and so must still hold.
  struct Acked {
    std::size_t pushes = 0;                          // of the book, from its beginning
    std::map<std::size_t, sync::PushReply> replies;  // by push
    std::size_t people = 0;
    std::size_t actions = 0;
  };
  struct Prepared {
    std::shared_ptr<const support::FaultDisk::Image> disk;
    Acked acked;
  };
  const Prepared& fresh() const { return fresh_; }
  const Prepared& aged() const { return aged_; }
  void begin(const Prepared& from, std::uint64_t seed, Tell tell);

  Result<void> open() override;
  void close() override { ledger_.reset(); }
  Result<void> work(std::size_t steps) override;
  // The next pushes of the book, as one group.
  Result<void> take(std::size_t count);
  hub::SqliteLedger& ledger() { return *ledger_; }
  const Acked& acked() const { return acked_; }

  void accept() override;
  // What can be read of a disk that cannot be read everywhere is what was answered. Throws Broken.
  void accept_what_is_read();
  // How damage was told: by the start, by the digests, by reading, or at the latest by the workstations, which know
  // more than a ledger that went back: they have its positions, their own numbers and the results they were told.
  // Empty: everything reads as before.
  std::string judge();

 private:
  Result<void> add_person();
  void accept_people();
  void accept_replies();
  hub::Person person(std::size_t n) const;

  const sync::Schema schema_ = must(sync::Schema::parse(sync::default_schema_text()));
  const PushBook book_{schema_};
  hub::SqliteLedgerOptions options_;
  const platform::SecretKey key_ = disk_key();
  std::vector<LedgerTruth> truths_;  // after so many pushes
  Prepared fresh_, aged_;

  support::TestEntropy entropy_{1};
  Random& random_;
  std::unique_ptr<hub::SqliteLedger> ledger_;
  Acked acked_;
  std::size_t pushes_under_way_ = 0, people_under_way_ = 0;
};

}  // namespace holdline::crashlab
