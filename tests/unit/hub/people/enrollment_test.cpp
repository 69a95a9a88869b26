#include "hub/people/enrollment.hpp"

#include "tests/unit/hub/fixture.hpp"

namespace holdline::hub::testing {
namespace {

using platform::code_of;

using EnrollmentTest = HubTest;

TEST_F(EnrollmentTest, ACodeTellsWhereTheHubIsAndWhomToBelieve) {
  const auto code = sync::EnrollmentCode::parse(this->code()).value();
  EXPECT_EQ(code.hub, hub_.config.url);
  EXPECT_EQ(code.ca_fingerprint, hub_.authority.fingerprint());
}

TEST_F(EnrollmentTest, EveryCodeIsAnother) { EXPECT_NE(code(), code()); }

TEST_F(EnrollmentTest, AGoodCodeMakesADeviceWithACertificateOfItsOwn) {
  const auto enrolled = enrol();
  const auto device = hub_.ledger->device(enrolled.device).value();
  ASSERT_TRUE(device);
  EXPECT_EQ(device->name, "desk 7");
  EXPECT_EQ(device->scopes, std::vector<std::string>{"acme/leeds"});
  EXPECT_EQ(device->state, DeviceState::active);
  const auto certificate = platform::describe_certificate(enrolled.identity.chain_pem).value();
  EXPECT_EQ(certificate.common_name, enrolled.device.text());
  EXPECT_EQ(device->certificates.current, sync::to_hex(certificate.fingerprint.view()));
  EXPECT_EQ(enrolled.answer.at("schema"), sync::default_schema_text());
  EXPECT_EQ(enrolled.answer.at("scopes"), Json{"acme/leeds"});
}

TEST_F(EnrollmentTest, ACodeWorksOnce) {
  const std::string code = this->code();
  ASSERT_TRUE(ask_to_enrol(code, new_key().csr_pem, now()));
  EXPECT_EQ(code_of(ask_to_enrol(code, new_key().csr_pem, now())), "code-used");
  EXPECT_EQ(hub_.ledger->devices().value().size(), 1u);
}

TEST_F(EnrollmentTest, ACodeHasItsTime) {
  const std::int64_t begin = now();
  const auto code = issue_code(hub_.enrollment(), {"desk 7", {"acme/leeds"}, 0xff, 15}, entropy_, begin).value();
  EXPECT_EQ(code_of(ask_to_enrol(code, new_key().csr_pem, begin + 15 * 60'000 + 1)), "code-expired");
  EXPECT_EQ(code_of(ask_to_enrol(code, new_key().csr_pem, begin + 15 * 60'000 - 1)), "ok");
}

TEST_F(EnrollmentTest, ABadRequestCostsNoCode) {
  const std::string code = this->code();
  EXPECT_EQ(code_of(ask_to_enrol(code, "no request", now())), "bad-csr");
  EXPECT_EQ(code_of(hub::enroll(hub_.enrollment(), Json{{"code", code}}.dump(), entropy_, now())), "bad-csr");
  EXPECT_EQ(code_of(hub::enroll(hub_.enrollment(), Json{{"code", code}, {"csr", 5}}.dump(), entropy_, now())),
            "malformed");
  EXPECT_TRUE(hub_.ledger->devices().value().empty());
  EXPECT_TRUE(ask_to_enrol(code, new_key().csr_pem, now()));
}

TEST_F(EnrollmentTest, WhatIsNoCodeOfThisHubIsRefused) {
  auto foreign = sync::EnrollmentCode::parse(code()).value();
  foreign.secret[0] ^= 1;
  EXPECT_EQ(code_of(ask_to_enrol(foreign.text(), new_key().csr_pem, now())), "code-unknown");
  EXPECT_EQ(code_of(ask_to_enrol("hl1-123", new_key().csr_pem, now())), "malformed-code");
  for (const char* body : {"", "no json", "[]", R"({"code":5})"})
    EXPECT_EQ(code_of(hub::enroll(hub_.enrollment(), body, entropy_, now())), "malformed") << body;
}

TEST_F(EnrollmentTest, WhetherACodeIsWorthTheLedgersThreadIsKnownBefore) {
  const std::int64_t begin = now(), end = begin + 15 * 60'000 + 1;
  const auto code = issue_code(hub_.enrollment(), {"desk 7", {"acme/leeds"}, 0xff, 15}, entropy_, begin).value();
  auto foreign = sync::EnrollmentCode::parse(code).value();
  foreign.secret[0] ^= 1;
  const auto known = [&](const std::string& text, std::int64_t at_ms) {
    return code_of(check_code(*hub_.ledger, Json{{"code", text}, {"csr", "any"}}.dump(), at_ms));
  };
  EXPECT_EQ(known(code, begin), "ok");
  EXPECT_EQ(known(foreign.text(), begin), "code-unknown");
  EXPECT_EQ(known(code, end), "code-expired");
  EXPECT_EQ(known("hl1-123", begin), "malformed-code");
  ASSERT_TRUE(ask_to_enrol(code, new_key().csr_pem, begin));
  EXPECT_EQ(known(code, end), "ok") << "the answer may have been lost, and its user comes again";
}

TEST_F(EnrollmentTest, ACodeNeedsANameAndScopes) {
  const auto refusal = [&](CodeRequest request) {
    return code_of(issue_code(hub_.enrollment(), request, entropy_, now()));
  };
  EXPECT_EQ(refusal({"desk", {}}), "bad-scope");
  EXPECT_EQ(refusal({"desk", {"acme/leeds", "Acme Leeds"}}), "bad-scope");
  EXPECT_EQ(refusal({"", {"acme"}}), "bad-name");
  EXPECT_EQ(refusal({"desk\x01", {"acme"}}), "bad-name");
  EXPECT_EQ(refusal({std::string(61, 'x'), {"acme"}}), "bad-name");
  EXPECT_EQ(refusal({std::string(60, 'x'), {"acme"}}), "ok");
}

}  // namespace
}  // namespace holdline::hub::testing
