#include "platform/probe/settings.hpp"

#include <algorithm>

#include "platform/text/url.hpp"

namespace holdline::platform {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_probes = 32;
constexpr const char* system_authorities = "/etc/ssl/certs/ca-certificates.crt";
// An account whose password was changed must not be locked by its probe.
constexpr std::chrono::milliseconds least_between_sign_ins = 30s;
// A minute of silence is no sign of health: with jitter and the limit of an answer this stays below it.
constexpr std::chrono::milliseconds most_between = 45s;

// Reads the keys of one table.
class Table {
 public:
  Table(ConfigReader& reader, std::size_t place) : reader_(reader), prefix_("probes." + std::to_string(place) + ".") {}

  std::string key(std::string_view name) const { return prefix_ + std::string(name); }
  void text(std::string_view name, std::string& value) { reader_.text(key(name), value); }
  void reject(std::string_view name, std::string message) { reader_.reject(key(name), std::move(message)); }
  bool has(std::string_view name) const { return reader_.has(key(name)); }
  // What means nothing for this kind of probe is a mistake of whoever wrote it.
  void refuse(std::initializer_list<std::string_view> names, std::string_view kind) {
    for (const std::string_view name : names) {
      if (!has(name)) continue;
      std::string ignored;
      reject(name, "has no meaning for kind = \"" + std::string(kind) + "\": leave it out");
    }
  }
  ConfigReader& reader() { return reader_; }

 private:
  ConfigReader& reader_;
  const std::string prefix_;
};

bool has_scheme(const std::string& url, bool https_only) {
  return url.starts_with("https://") || (!https_only && url.starts_with("http://"));
}

bool stays_here(const std::string& url) {
  return url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:");
}

void read_http(Table& table, ProbeSettings& probe) {
  table.text("url", probe.url);
  table.reader().integer(table.key("status"), probe.status, {100, 599});
  table.text("contains", probe.contains);
  table.text("authorities", probe.authorities);
  table.text("proxy", probe.proxy);
  const bool is_secret = probe.kind == ProbeSettings::Kind::sign_in && !stays_here(probe.url);
  if (!has_scheme(probe.url, is_secret))
    table.reject("url", is_secret ? "must begin with https://, because a password is sent there"
                                  : "must be an address like https://crm.example/health");
  if (probe.authorities.empty() || probe.authorities.front() != '/')
    table.reject("authorities", "the path must be absolute");
}

void read_tcp(Table& table, ProbeSettings& probe) {
  std::string address;
  table.text("address", address);
  probe.url = "https://" + address;
  if (!parse_https_origin(probe.url) || address.rfind(':') == address.npos || address.ends_with(']'))
    table.reject("address", "must be a host and a port like pbx.example:5060");
  probe.url = "http://" + address;
}

void read_sign_in(Table& table, ProbeSettings& probe) {
  std::string method = "basic";
  table.reader().choice(table.key("method"), method, {"basic", "form"});
  probe.form = method == "form";
  table.text("user", probe.user);
  table.reader().secret(table.key("password"), probe.password);
  if (probe.form) {
    table.text("user_field", probe.user_field);
    table.text("password_field", probe.password_field);
  } else {
    table.refuse({"user_field", "password_field"}, "sign-in");
  }
  if (probe.user.empty()) table.reject("user", "is missing: an account that may do nothing else is best");
  if (probe.password.kind == SecretReference::Kind::none) table.reject("password", "is missing: \"file:/PATH\"");
}

void read_kind(Table& table, ProbeSettings& probe) {
  std::string kind = "http";
  table.reader().choice(table.key("kind"), kind, {"http", "tcp", "sign-in"});
  probe.kind = kind == "tcp"       ? ProbeSettings::Kind::tcp
               : kind == "sign-in" ? ProbeSettings::Kind::sign_in
                                   : ProbeSettings::Kind::http;
  if (probe.kind == ProbeSettings::Kind::tcp)
    read_tcp(table, probe);
  else
    read_http(table, probe);
  if (probe.kind == ProbeSettings::Kind::sign_in) read_sign_in(table, probe);
}

void read_times(Table& table, ProbeSettings& probe) {
  const bool signs_in = probe.kind == ProbeSettings::Kind::sign_in;
  if (signs_in) probe.every = least_between_sign_ins;
  table.reader().duration(table.key("every"), probe.every,
                          {signs_in ? least_between_sign_ins : std::chrono::milliseconds(1s), most_between});
  table.reader().duration(table.key("timeout"), probe.timeout, {100ms, 30s});
}

ProbeSettings read_probe(Table& table, const ProbeUse& use) {
  ProbeSettings probe;
  probe.authorities = system_authorities;
  probe.target = *use.targets.begin();
  table.text("name", probe.name);
  table.reader().choice(table.key("target"), probe.target, use.targets);
  if (!table.has("target")) table.reject("target", "is missing: it says which system this stands for");
  probe.name = probe.name.empty() ? probe.target : probe.name;
  read_kind(table, probe);
  read_times(table, probe);
  if (use.has_scopes) table.reader().texts(table.key("scopes"), probe.scopes);
  return probe;
}

}  // namespace

std::vector<ProbeSettings> read_probes(ConfigReader& reader, const ProbeUse& use) {
  std::vector<ProbeSettings> probes;
  const std::size_t count = reader.tables("probes");
  if (count > most_probes) reader.reject("probes", "are more than " + std::to_string(most_probes));
  for (std::size_t place = 0; place < count; ++place) {
    Table table(reader, place);
    ProbeSettings probe = read_probe(table, use);
    if (std::ranges::find(probes, probe.name, &ProbeSettings::name) != probes.end())
      table.reject(table.has("name") ? "name" : "target",
                   "another probe is called " + probe.name + " as well: give each a name of its own");
    probes.push_back(std::move(probe));
  }
  return probes;
}

}  // namespace holdline::platform
