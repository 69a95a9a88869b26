// What a file may include: nothing internal to another folder, nothing beyond what its folder builds on.
#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>
#include <string_view>

#include "tests/unit/tree/rules.hpp"

namespace holdline::tree {

namespace {

using Names = std::vector<std::string_view>;

// A name that ends with '*' stands for everything that begins like it.
bool matches(const Names& names, std::string_view name) {
  return std::ranges::any_of(names, [name](std::string_view n) {
    return n.ends_with('*') ? name.starts_with(n.substr(0, n.size() - 1)) : name == n;
  });
}

struct IncludeRule {
  Names folders;   // where it holds
  Names excepted;  // "*" in folders: everywhere but here
  Names includes;  // what may not be included
  std::string_view why;
  std::string_view but = {};  // what begins like this may be
};

const Names pure = {"sync", "contingency"};

const Names operating_system = {"unistd.h",    "fcntl.h",    "sys/*",     "arpa/*",     "netinet/*", "net/*",
                                "netdb.h",     "poll.h",     "pthread.h", "signal.h",   "dirent.h",  "pwd.h",
                                "grp.h",       "termios.h",  "syslog.h",  "linux/*",    "systemd/*", "dlfcn.h",
                                "spawn.h",     "ifaddrs.h",  "windows.h", "winsock2.h", "sched.h",   "ftw.h",
                                "sys/types.h", "langinfo.h", "mqueue.h",  "semaphore.h"};

const std::vector<IncludeRule>& include_rules() {
  static const std::vector<IncludeRule> rules = {
      {pure,
       {},
       {"thread", "mutex", "shared_mutex", "condition_variable", "future", "atomic", "semaphore", "latch", "barrier",
        "stop_token"},
       "pure folders hold no threads and nothing that waits: the caller decides where a step runs"},
      {pure,
       {},
       {"ctime", "time.h", "sys/time.h"},
       "pure folders read no clock: the time is an argument, so that the simulator can choose it"},
      {pure,
       {},
       {"random", "openssl/rand.h", "sodium.h", "sodium/*"},
       "pure folders draw no chance: random bits are an argument, so that one seed repeats a whole run"},
      {pure,
       {},
       {"fstream", "filesystem", "iostream"},
       "pure folders touch no file and print nothing: values in, values out"},
      {pure,
       {},
       {"boost/asio*", "boost/beast*", "curl/*", "openssl/ssl.h", "sqlite3.h", "sqlcipher/*", "libpq-fe.h"},
       "pure folders know neither sockets nor SQL: they are tested and simulated without either"},
      {pure, {}, {"platform/*"}, "pure folders stand below the adapters: what they need comes in as values"},
      {{"sync"}, {}, {"contingency/*"}, "synchronisation knows nothing of incidents; contingency may use its values"},
      {{"sync", "contingency", "platform"},
       {},
       {"agent/*", "hub/*", "cli/*"},
       "programs use this folder, never the reverse"},
      {{"platform"}, {}, {"contingency/*"}, "platform knows nothing of the product"},
      {{"platform"},
       {},
       {"sync/*"},
       "platform knows nothing of the product: bytes, ids, times and results are all it takes from sync",
       "sync/base/"},
      {{"hub"},
       {"hub/ledger/sqlite", "hub/setup"},
       {"hub/ledger/sqlite/*"},
       "the hub holds a Ledger, so that another database can take the place of SQLite"},
      {{"agent"},
       {},
       {"hub/*"},
       "agent and hub meet in the protocol only: either can be replaced or run without the other"},
      {{"hub"},
       {},
       {"agent/*"},
       "agent and hub meet in the protocol only: either can be replaced or run without the other"},
      {{"cli"},
       {},
       {"agent/*", "hub/*"},
       "the command line speaks the JSON APIs, so that it can do nothing they do not offer"},
      {{"agent", "hub"}, {}, {"cli/*"}, "the daemons do not depend on the command line"},
      {{"*"},
       {"tests", "bench"},
       {"tests/*", "bench/*", "gtest/*", "gmock/*"},
       "what ships does not depend on its tests"},
      {{"*"},
       {"platform", "tests", "bench"},
       {"sqlite3.h", "sqlcipher/*"},
       "databases are opened in one place, which sees to it that nothing is written in plain text"},
      {{"*"},
       {"platform", "tests"},
       operating_system,
       "operating-system headers sit in platform/, so that another system replaces a few files"},
  };
  return rules;
}

bool is_allowed(const IncludeRule& rule, std::string_view include) {
  return !rule.but.empty() && include.starts_with(rule.but);
}

// A folder of a rule is a top one ("hub") or an inner one ("hub/setup").
bool holds_in(const IncludeRule& rule, const SourceFile& file) {
  const auto has = [&file](const Names& folders) {
    return matches(folders, file.folder()) || std::ranges::any_of(folders, [&file](std::string_view folder) {
             return folder.find('/') != folder.npos && file.path.starts_with(folder);
           });
  };
  return has(rule.folders) && !has(rule.excepted);
}

bool is_beast(std::string_view include) { return include == "boost/beast.hpp" || include.starts_with("boost/beast/"); }

// Which files see Beast, directly or through a header of the tree.
class BeastSeen {
 public:
  explicit BeastSeen(std::span<const SourceFile> files) {
    for (const SourceFile& file : files)
      if (file.is_code()) by_path_.emplace(file.path, &file);
  }

  bool operator()(const std::string& path) {
    const auto file = by_path_.find(path);
    if (file == by_path_.end()) return false;
    const auto [known, first] = seen_.emplace(path, false);
    if (!first) return known->second;  // also ends a circle of includes
    const bool sees = std::ranges::any_of(file->second->lines, [this](const SourceLine& line) {
      return !line.include.empty() && (is_beast(line.include) || (*this)(line.include));
    });
    return seen_[path] = sees;
  }

 private:
  std::map<std::string, const SourceFile*> by_path_;
  std::map<std::string, bool> seen_;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Violation& violation) {
  return out << violation.path << ':' << violation.line << ": " << violation.what << ": " << violation.why;
}

std::vector<Violation> check_includes(std::span<const SourceFile> files) {
  std::vector<Violation> found;
  for (const SourceFile& file : files) {
    for (const SourceLine& line : file.lines) {
      if (line.include.empty()) continue;
      for (const IncludeRule& rule : include_rules()) {
        if (holds_in(rule, file) && matches(rule.includes, line.include) && !is_allowed(rule, line.include))
          found.push_back({file.path, line.number, line.include, std::string(rule.why)});
      }
    }
  }
  return found;
}

std::vector<Violation> check_beast(std::span<const SourceFile> files) {
  BeastSeen sees_beast(files);
  std::vector<Violation> found;
  for (const SourceFile& file : files) {
    if (!file.path.ends_with(".cpp") || !sees_beast(file.path)) continue;
    found.push_back({file.path, 0, "sees Beast",
                     "at most " + std::to_string(beast_units) +
                         " translation units may: each costs half a minute and a gigabyte to build"});
  }
  if (found.size() <= beast_units) found.clear();
  return found;
}

}  // namespace holdline::tree
