// How far imports came, and which are under way: of one source into one scope one at a time, or the older of two files
// could have the last word. A lease ends with what holds it, and so with the program at the latest: the ledger belongs
// to one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "platform/os/mutex.hpp"
#include "sync/base/hash.hpp"
#include "sync/base/id.hpp"
#include "sync/base/result.hpp"

namespace holdline::hub {

// How far an import of a file came: what it took stays, whatever becomes of the rest. Its file is known by its hash.
struct ImportRun {
  enum class State : std::uint8_t { running, finished };  // stored: never renumber
  sync::Id id;
  std::string source, scope, file;  // the file by its name, as it was told
  std::string person;               // who ran it, as they were named; empty: not known
  sync::Hash hash;
  std::int64_t begun_ms = 0, at_ms = 0;  // `at`: when it had come so far
  State state = State::running;
  std::uint64_t line = 0;                // of the last row that was looked at
  std::uint64_t read = 0, of_bytes = 0;  // of the file
  std::uint64_t rows = 0, created = 0, updated = 0, unchanged = 0, conflicts = 0, rejected = 0, blank = 0;
  std::int64_t as_of_ms = 0;  // when its source had said what is in it, as far as anybody knows
  bool partial = false;       // it names some of its source's customers
  bool operator==(const ImportRun&) const = default;
};

class ImportLeases {
 public:
  class Lease {
   public:
    Lease() = default;
    Lease(Lease&& other) noexcept
        : leases_(std::exchange(other.leases_, nullptr)), source_of_(std::move(other.source_of_)) {}
    Lease& operator=(Lease&& other) noexcept;
    ~Lease() { end(); }
    void end();

   private:
    friend class ImportLeases;
    ImportLeases* leases_ = nullptr;
    std::pair<std::string, std::string> source_of_;
  };

  // Any thread. It must outlive the lease. retry_later "import-running" says who imports what since when.
  Result<Lease> take(const ImportRun& run);
  // Any thread.
  bool is_running(const sync::Id& run) const;

 private:
  struct Holder {
    sync::Id run;
    std::string described;
  };
  mutable platform::Mutex mutex_;
  std::map<std::pair<std::string, std::string>, Holder> held_ HOLDLINE_GUARDED_BY(mutex_);  // by source and scope
};

}  // namespace holdline::hub
