#include "hub/people/admission.hpp"

#include <gtest/gtest.h>

namespace holdline::hub {
namespace {

constexpr std::int64_t day_ms = 24 * 3'600'000;
const Id device_id = Id::parse("0198f3a0-0000-7000-8000-000000000001").value();

platform::PeerCertificate certificate(const std::string& name, std::int64_t serial, std::int64_t end_day = 90) {
  platform::PeerCertificate one;
  one.common_name = device_id.text();
  one.fingerprint = sync::sha256(name);
  one.not_after = platform::UnixTime(std::chrono::hours(24) * end_day);
  if (serial != 0) one.grant = DeviceGrant{serial, "desk-1", {"acme/london"}, 3}.text();
  return one;
}
std::string fingerprint(const std::string& name) { return sync::to_hex(sync::sha256(name).view()); }

// Holds "now" with serial 5, and was granted "next" with serial 7.
Device known() {
  Device device{device_id, "desk-1", {}, {"acme/leeds"}};
  device.certificates = {fingerprint("now"), 90 * day_ms, {}, fingerprint("next"), 7, 0};
  return device;
}
std::string code_of(const Admission& admission) { return admission.error ? admission.error->code : "ok"; }

TEST(AdmissionTest, TheCurrentCertificateIsServedUntilItEndsThenRenewedThenApproved) {
  const auto current = certificate("now", 5);
  EXPECT_EQ(code_of(admit(current, known(), 90 * day_ms - 1)), "ok");
  const auto expired = admit(current, known(), 90 * day_ms);
  EXPECT_EQ(expired.kind, Admission::Kind::renewal);
  EXPECT_EQ(code_of(expired), "certificate-expired");
  EXPECT_EQ(admit(current, known(), 270 * day_ms).kind, Admission::Kind::renewal);
  const auto late = admit(current, known(), 270 * day_ms + 1);
  EXPECT_EQ(late.kind, Admission::Kind::refused);
  EXPECT_EQ(code_of(late), "renewal-needs-approval");
  Device approved = known();
  approved.certificates.approved_ms = 300 * day_ms;
  EXPECT_EQ(admit(current, approved, 299 * day_ms).kind, Admission::Kind::renewal);
  EXPECT_EQ(code_of(admit(current, approved, 300 * day_ms)), "renewal-needs-approval");
}

TEST(AdmissionTest, TheNextOneTakesThePlaceOfTheCurrentWhenItIsPresented) {
  const auto admission = admit(certificate("next", 7), known(), day_ms);
  ASSERT_EQ(code_of(admission), "ok");
  EXPECT_EQ(admission.change, Admission::Change::certificates);
  EXPECT_EQ(admission.before, known().certificates);
  EXPECT_EQ(admission.device.certificates.current, fingerprint("next"));
  EXPECT_EQ(admission.device.certificates.next, "");
  EXPECT_EQ(code_of(admit(certificate("now", 5), admission.device, day_ms)), "certificate-superseded");
}

// Two copies renewed with one certificate: only what the later was granted is the next.
TEST(AdmissionTest, WhatThisLedgerGrantedAndReplacedCountsNoMore) {
  EXPECT_EQ(code_of(admit(certificate("granted to the other copy", 6), known(), day_ms)), "certificate-superseded");
  EXPECT_EQ(code_of(admit(certificate("of an earlier version", 0), known(), day_ms)), "certificate-superseded");
}

TEST(AdmissionTest, AnOlderLedgerTakesWhatWasGrantedSinceAndNothingFromBeforeThatAfterwards) {
  const auto later = admit(certificate("granted since", 9), known(), day_ms);
  ASSERT_EQ(code_of(later), "ok");
  EXPECT_EQ(later.device.scopes, known().scopes) << "of the ledger, not of the certificate";
  EXPECT_EQ(later.device.certificates.issued, 9);
  EXPECT_EQ(code_of(admit(certificate("granted before that", 8), later.device, day_ms)), "certificate-superseded");

  const auto unknown = admit(certificate("granted since", 9), std::nullopt, day_ms);
  ASSERT_EQ(code_of(unknown), "ok");
  EXPECT_EQ(unknown.change, Admission::Change::readmission);
  EXPECT_EQ(unknown.device.name, "desk-1");
  EXPECT_EQ(unknown.device.scopes, std::vector<std::string>{"acme/london"});
  EXPECT_EQ(unknown.device.profile, 3);
  EXPECT_EQ(code_of(admit(certificate("of an earlier version", 0), std::nullopt, day_ms)), "unknown-device");
}

TEST(AdmissionTest, WhoWasRevokedComesBackByNoCertificate) {
  Device revoked = known();
  revoked.state = DeviceState::revoked;
  for (const auto& one : {certificate("now", 5), certificate("next", 7), certificate("granted since", 9)})
    EXPECT_EQ(code_of(admit(one, revoked, day_ms)), "device-revoked");
}

TEST(AdmissionTest, SerialsRiseAlsoWhenTheClockGoesBack) {
  EXPECT_EQ(next_serial(0, 5'000'000), 5'000);
  EXPECT_EQ(next_serial(9'000, 5'000'000), 9'001);
}

}  // namespace
}  // namespace holdline::hub
