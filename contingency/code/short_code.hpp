// A code of ten characters that declares an incident where no network is left: a supervisor's workstation makes it, it
// is read out or written on a board, agents type it. Nothing is sent; both sides compute it.
//
//   nine characters of HMAC-SHA-256(key of the site, site, scope, hour, serial, practice or real), and a check
//   character
//
// The code carries no fields: who types it tries every scope that the desk knows, the hour before, this one and the
// next, and the serials 0 to 15. That is at most 2 x 3 x 64 x 16 = 6,144 HMACs, tens of milliseconds, and no bit of the
// code is spent on anything but being hard to guess.
//
// How hard: 23^9 = 1.8 x 10^12 codes, of which at most 6,144 are good at any moment: one guess in 290 million. The
// throttle (throttle.hpp) lets one desk try some 100 a day; 600 desks that guess day and night hit one in 13 years on
// average. What they would win is an incident that everybody sees and a supervisor cancels: no data, no key, and no
// action on telephones, which only stations of supervisors perform. Whoever has the key can make codes: it lies with
// the other secrets of a workstation.
//
// Replay: the same code names the same incident, whoever types it, as often as they like: its id follows from the
// code's meaning. It cannot declare a second one. Once that incident is over the code only says so, and after an hour
// and a bit it is unknown. Pure and thread-safe; times are Unix milliseconds, corrected where the desk knows by how
// much it is off.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sync/base/id.hpp"
#include "sync/base/result.hpp"

namespace holdline::contingency {

inline constexpr std::size_t code_characters = 10;
inline constexpr std::uint8_t code_serials = 16;  // codes of one scope in one hour
inline constexpr std::size_t code_scopes = 64;    // that a desk tries

struct CodeMeaning {
  std::string site;         // as the desks are told: "acme/london"
  std::string scope;        // of the incident
  std::int64_t hour = 0;    // since 1970
  std::uint8_t serial = 0;  // 0 to code_serials - 1; a new incident in the same hour takes the next
  bool drill = false;       // a code for practice declares practice only
  bool operator==(const CodeMeaning&) const = default;

  // Of the incident that the code declares.
  sync::Id incident() const;
};

std::int64_t hour_of(std::int64_t wall_ms);

// What a site with this key is called in its codes, where nothing else is the same at all of its desks.
std::string site_of_key(std::string_view key);

// Ten characters without separators. `key`: at least 16 bytes. ask_person "serial-exhausted", stop "key-too-short".
Result<std::string> make_code(std::string_view key, const CodeMeaning& meaning);
// For the screen: "K7M3F-9QXTQ".
std::string shown_code(std::string_view code);

// What a typed code means at `wall_ms`. ask_person: "code-malformed" (a character that no code has, or not ten),
// "code-mistyped" (the check character differs: nobody guessed, somebody slipped), "code-unknown" (of another site, too
// old, or a guess: the only one that the throttle counts). Of scopes beyond code_scopes nothing is tried.
Result<CodeMeaning> read_code(std::string_view key, std::string_view site, std::span<const std::string> scopes,
                              std::string_view typed, std::int64_t wall_ms);

}  // namespace holdline::contingency
