#include "platform/crypto/certificate.hpp"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "tests/unit/platform/http/fixture.hpp"

namespace holdline::platform {
namespace {

using test::now;

TEST(CertificateAuthority, SignsADeviceUnderTheIdTheHubChoseNotTheOneAskedFor) {
  const auto ca = CertificateAuthority::create("Centre", now()).value();
  const auto key = make_device_key_and_csr("i-am-the-boss").value();
  const auto info = describe_certificate(ca.sign_device(key.csr_pem, "device-7", now()).value()).value();
  EXPECT_EQ(info.common_name, "device-7");
  EXPECT_EQ(info.not_after, now() + device_lifetime);
  EXPECT_LT(info.not_before, now());
  EXPECT_EQ(info.serial.size(), 32u);
}

TEST(CertificateAuthority, RefusesARequestThatItsKeyDidNotSign) {
  const auto ca = CertificateAuthority::create("Centre", now()).value();
  std::string csr = make_device_key_and_csr("device-7").value().csr_pem;
  const auto last_line = csr.rfind("\n-----END");
  csr[last_line - 12] = csr[last_line - 12] == 'A' ? 'B' : 'A';
  EXPECT_EQ(code_of(ca.sign_device(csr, "device-7", now())), "bad-csr");
  EXPECT_EQ(code_of(ca.sign_device("no request", "device-7", now())), "bad-csr");
}

TEST(CertificateAuthority, RefusesNamesThatWouldSmuggleExtensions) {
  const auto ca = CertificateAuthority::create("Centre", now()).value();
  EXPECT_EQ(code_of(ca.issue_server({"hub.example,DNS:evil.example"}, now())), "bad-name");
  EXPECT_EQ(code_of(ca.issue_server({}, now())), "bad-name");
  EXPECT_EQ(code_of(make_device_key_and_csr("a/CN=b")), "bad-name");
}

TEST(CertificateAuthority, IsTheSameAfterSaveAndLoadAndKeepsItsFilePrivate) {
  const Scratch directory;
  const auto ca = CertificateAuthority::create("Centre", now()).value();
  ASSERT_TRUE(ca.save(directory / "ca.pem"));
  const auto loaded = CertificateAuthority::load(directory / "ca.pem").value();
  EXPECT_EQ(loaded.fingerprint(), ca.fingerprint());
  EXPECT_EQ(loaded.key_pem(), ca.key_pem());
  struct stat status {};
  ASSERT_EQ(::stat((directory / "ca.pem").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(CertificateAuthority, IsNeverReplacedOnDisk) {
  const Scratch directory;
  const auto first = CertificateAuthority::create("Centre", now()).value();
  ASSERT_TRUE(first.save(directory / "ca.pem"));
  const auto second = CertificateAuthority::create("Other", now()).value();
  EXPECT_EQ(code_of(second.save(directory / "ca.pem")), "file-exists");
  EXPECT_EQ(CertificateAuthority::load(directory / "ca.pem").value().fingerprint(), first.fingerprint());
}

TEST(CertificateAuthority, TellsAMissingAuthorityFromABrokenOneAndFromOneOthersCouldRead) {
  const Scratch directory;
  const auto path = directory / "ca.pem";
  EXPECT_EQ(code_of(CertificateAuthority::load(path)), "file-missing");
  write_contents(path, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(code_of(CertificateAuthority::load(path)), "loose-permissions");
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  EXPECT_EQ(code_of(CertificateAuthority::load(path)), "bad-certificate");
}

TEST(CertificateAuthority, RefusesAKeyThatIsNotItsOwnAndALeafAsAuthority) {
  const test::Certificates set;
  const auto other = CertificateAuthority::create("Other", now()).value();
  EXPECT_EQ(code_of(CertificateAuthority::from_pem(set.ca.certificate_pem(), other.key_pem())), "bad-key");
  EXPECT_EQ(code_of(CertificateAuthority::from_pem(set.device.chain_pem, set.device.key_pem)), "bad-certificate");
}

}  // namespace
}  // namespace holdline::platform
