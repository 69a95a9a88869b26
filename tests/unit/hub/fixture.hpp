// A hub of its own directory with the shipped schema, and workstations that enrol at it.
#pragma once

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "hub/people/enrollment.hpp"
#include "hub/setup/parts.hpp"
#include "sync/wire/enroll_code.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::hub::testing {

// A workstation's private key with the request that was made from it, and what the hub granted.
struct Enrolled {
  Id device;
  platform::Identity identity;
  nlohmann::json answer;
};

class HubTest : public ::testing::Test {
 protected:
  using Json = nlohmann::json;

  // A new hub of this directory: a copy of one that is made once, because training its dictionary takes long.
  static HubParts make(const platform::Path& directory, platform::Entropy& entropy, const platform::Clock& clock) {
    static const platform::Scratch first;
    static const HubConfig made = [&] {
      HubConfig config;
      config.directory = first / "hub";
      config.address = "127.0.0.1";
      config.port = 0;
      return create_hub(config, std::string(sync::default_schema_text()), entropy, clock).value().config;
    }();
    HubConfig config = made;
    config.directory = directory;
    std::filesystem::copy(made.directory, directory, std::filesystem::copy_options::recursive);
    return open_hub(config, entropy).value();
  }
  // As when the process ends: hub_ holds nothing until it is assigned again.
  void close() { const HubParts closed = std::move(hub_); }
  std::int64_t now() const { return clock_.now().wall_ms; }

  std::string code(CodeRequest request = {"desk 7", {"acme/leeds"}}) {
    return issue_code(hub_.enrollment(), request, entropy_, now()).value();
  }
  Result<std::string> ask_to_enrol(const std::string& code, std::string csr, std::int64_t at_ms) {
    return hub::enroll(hub_.enrollment(), Json{{"code", code}, {"csr", std::move(csr)}}.dump(), entropy_, at_ms);
  }
  static platform::DeviceKey new_key() { return platform::make_device_key_and_csr("a workstation").value(); }
  // A workstation that is enrolled by a new code.
  Enrolled enrol() {
    const auto key = new_key();
    Enrolled enrolled;
    enrolled.answer = Json::parse(ask_to_enrol(code(), key.csr_pem, now()).value());
    enrolled.device = Id::parse(enrolled.answer.at("device").get<std::string>()).value();
    enrolled.identity = {enrolled.answer.at("certificate").get<std::string>(), key.key_pem};
    return enrolled;
  }

  platform::Scratch scratch_;
  platform::SystemEntropy entropy_;
  platform::SystemClock clock_;
  HubParts hub_ = make(scratch_ / "hub", entropy_, clock_);
};

}  // namespace holdline::hub::testing
