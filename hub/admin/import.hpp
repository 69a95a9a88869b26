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
#include "sync/form/form.hpp"

namespace holdline::hub {

struct ImportRequest {
  std::string scope;
  std::string source = "csv";  // names what is compared: a CRM, a list that was bought; 1 to 64 of a-z, 0-9, . _ -
  bool dry_run = false;
  std::map<std::string, std::string> columns = {};  // see ImportColumns::of
  bool accept_columns = false;
  sync::Site site = {};
  std::optional<sync::Acceptance> acceptance = {};  // of what would be asked about single rows
};

struct RejectedRow {
  std::uint64_t line = 0;
  std::string field, code, message;
};

// rows = created + updated + unchanged + conflicts + rejected_count; blank ones are not among them.
struct ImportReport {
  std::string read_as;                                       // encoding and separator of the file
  std::vector<std::pair<std::string, std::string>> columns;  // headings and what they mean
  std::uint64_t blank = 0;
  std::uint64_t rows = 0, created = 0, updated = 0, unchanged = 0, conflicts = 0, rejected_count = 0;
  std::vector<RejectedRow> rejected;  // the first 1,000, by line
  // Customers that the source told before and this file does not name: nothing happens to them.
  std::uint64_t missing_count = 0;
  std::vector<std::string> missing;  // their ref, the first 1,000
};

// Cells are put right and questioned as at a workstation (sync/form/form.hpp); a row with an open question is rejected.
// The header line names the columns (see import_rows.hpp); a dry run accepts what is guessed of it. A row is rejected
// that names a customer for the second time
// ("ref-twice"), and when its customer, phone or email is there already, under another scope ("scope-clash"). The whole
// is not one transaction: what was taken stays when the rest fails, and importing the file again goes on.
class CustomerImport {
 public:
  // `ledger` must outlive it; `file` is what lies in the file. ask_person: what platform::read_table() and
  // ImportColumns::of() refuse, and "not-a-source".
  static Result<CustomerImport> begin(Ledger& ledger, std::string file, ImportRequest request);
  CustomerImport(CustomerImport&&) noexcept;
  CustomerImport& operator=(CustomerImport&&) noexcept;
  ~CustomerImport();

  // Takes rows until they are about `ops` ops, in one commit, durable when it returns. False: there are no more. On the
  // ledger's thread.
  Result<bool> take(Intake& intake, std::size_t ops, std::int64_t now_ms);
  const ImportReport& report() const;

 private:
  struct Impl;
  explicit CustomerImport(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace holdline::hub
