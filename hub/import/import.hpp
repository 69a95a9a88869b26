// Customers from a table in a text file into the ledger. Every row is taken or rejected with its line and the reason;
// what is taken is durable when the turn that took it returns.
//
// A source that is imported again, as a nightly export of a CRM, is compared with what it said last: only what it
// changed itself is brought here, made from what it said before. So a value that nobody touched follows the source,
// one that people changed here meanwhile stays where the source did not change it too, and both is a conflict.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/intake/intake.hpp"
#include "platform/os/clock.hpp"
#include "sync/form/form.hpp"

namespace holdline::hub {

struct ImportRequest {
  std::string scope;
  std::string source = "csv";  // names what is compared: a CRM, a list that was bought; 1 to 64 of a-z, 0-9, . _ -
  bool dry_run = false;
  std::map<std::string, std::string> columns = {};  // see sync::Mapping
  bool accept_columns = false;
  sync::Site site = {};
  std::optional<sync::Acceptance> acceptance = {};  // of what would be asked about single rows
  std::map<std::string, std::string> constants = {};
  bool partial = false;  // the file names some of the source's customers: nobody is missing from it
  std::optional<std::int64_t> obtained_ms = {};  // when the file was obtained from its source; nothing: when it begins
  bool obtained_day = false;                     // `obtained_ms` is where a day begins: it was some time on it
  std::optional<std::int64_t> modified_ms = {};  // when the file was written last; nothing: it is not known
  bool older = false;                            // it may say what is older than what the source said last
  std::string file = {};                         // its name, for people
  std::string person = {};                       // who runs it, by name; empty: not known
  Id run = {};                                   // under which it is kept how far it came; nil: it is not kept
  std::int64_t begun_ms = 0;
};

struct RejectedRow {
  std::uint64_t line = 0;
  std::string field, code, message;
  std::string label = {};  // of the field, as forms name it
};

// Customers of the file, by their ref; the first 10,000.
struct NamedCustomers {
  std::uint64_t count = 0;
  std::vector<std::string> refs;
  void add(const std::string& ref) {
    constexpr std::size_t most = 10'000;
    if (++count <= most) refs.push_back(ref);
  }
};

// Two customers who are probably one.
struct ProbableDuplicate {
  std::uint64_t line = 0;  // of the one that was added
  std::string ref;
  Id other;
  std::uint64_t other_line = 0;  // 0: it is not of this file
  std::string other_ref;
  std::string field, label;  // what both have, as the form names it: "e164", "Phone number"
  int similarity = 0;        // of the names, from 0 to 100
  Id id = {};                // of the one whose ref it is
};

// rows = created + updated + unchanged + conflicts + rejected_count; blank ones are not among them.
struct ImportReport {
  std::string read_as;           // kind of file, encoding and separator
  bool columns_guessed = false;  // a dry run took them as guessed; the import does so when it is told to
  bool partial = false;          // as told, or a file of rejected rows: who is missing was not looked for
  std::vector<std::pair<std::string, std::string>> columns;  // headings and what they mean
  std::uint64_t blank = 0;
  std::uint64_t rows = 0, created = 0, updated = 0, unchanged = 0, conflicts = 0, rejected_count = 0;
  std::vector<RejectedRow> rejected;  // by line, the first 200,000
  NamedCustomers missing;  // the source told them before and this file does not name them: nothing happens to them
  NamedCustomers deleted;  // people deleted them here: nothing of their rows was taken, which count as unchanged
  NamedCustomers merged;   // they were merged into others: what their rows say was done to those
  std::uint64_t duplicate_count = 0;
  std::vector<ProbableDuplicate> duplicates;  // among those that were created, the first 10,000
  std::optional<ImportRun> earlier = {};      // of the same file, which did not come to its end
};

// Cells are put right and questioned as at a workstation (sync/form/form.hpp); a row with an open question is rejected.
// The header line names the columns (sync/table/columns.hpp); a dry run accepts what is guessed of it. A row is
// rejected that names a customer for the second time ("ref-twice"), that names a record which is not there
// ("unknown-record"), and when its customer, phone or email is there already, under another scope ("scope-clash"). A
// new customer gets the name of the source and when it was obtained, and is not verified. The whole is not one
// transaction: what was taken stays when the rest fails, and importing the file again goes on. Of one source into one
// scope one import runs at a time, and a file that is older than the newest one that was taken waits for a person's
// word (ImportRequest::older): the newer word of a source is not lost to an older one.
class CustomerImport {
 public:
  // Any thread. `ledger` must outlive it; `file` is what lies in the file, CSV or NDJSON. `clock`: rows are read and
  // checked ahead on a thread of its own; without it when they are taken. ask_person: what TableRows::open() and
  // TableColumns::of() refuse, "not-a-source", "older-file", and "run-known" (`run` is that of another import).
  // retry_later "import-running"; never of a dry run.
  static Result<CustomerImport> begin(Ledger& ledger, std::string file, ImportRequest request,
                                      const platform::Clock* clock = nullptr);
  CustomerImport(CustomerImport&&) noexcept;
  CustomerImport& operator=(CustomerImport&&) noexcept;
  ~CustomerImport();

  // Takes rows until they are about `ops` ops, in one commit, durable when it returns; at the end of the file looks in
  // turns of the same size for who is missing and for duplicates. False: that was all. On the ledger's thread.
  Result<bool> take(Intake& intake, std::size_t ops, std::int64_t now_ms);
  const ImportReport& report() const;

 private:
  struct Impl;
  explicit CustomerImport(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace holdline::hub
