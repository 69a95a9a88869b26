// What is probed of systems that are not ours, as the tables [[probes]] of a configuration file say it: a page, a port,
// a sign-in. Pure values.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "platform/config/config.hpp"

namespace holdline::platform {

struct ProbeSettings {
  enum class Kind : std::uint8_t {
    http,     // a page answers with this status, and has this text in it
    tcp,      // a port takes a connection
    sign_in,  // an account is let in
  };
  std::string name;    // for people and logs; unique
  std::string target;  // which system it stands for
  Kind kind = Kind::http;
  std::string url;            // http, sign_in: the whole address. tcp: "http://HOST:PORT"
  std::int64_t status = 200;  // that a good answer has; redirects are not followed
  std::string contains;       // that the body of a good answer has in it: a captive portal's page has not; empty: any
  std::string authorities;    // file with the certificates that are trusted, PEM
  std::string proxy;          // "http://proxy.site:3128"; empty: direct
  std::string user;           // sign_in
  SecretReference password;   // likewise; read anew for each probe
  bool form = false;          // true: posted as a form, with these names; false: HTTP basic
  std::string user_field = "username", password_field = "password";
  std::vector<std::string> scopes;  // whom it concerns; empty: everybody here
  std::chrono::milliseconds every{5'000}, timeout{4'000};
};

// Who uses them: what they may stand for, and whether they may be for some scopes only.
struct ProbeUse {
  std::initializer_list<std::string_view> targets;
  bool has_scopes = false;
};

// Reads all [[probes]]. What is wrong is reported to the reader, at its line.
std::vector<ProbeSettings> read_probes(ConfigReader& reader, const ProbeUse& use);

}  // namespace holdline::platform
