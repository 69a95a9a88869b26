#include "platform/http/unix_client.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/platform/http/fixture.hpp"

namespace holdline::platform {
namespace {

using namespace std::chrono_literals;
using namespace test;

TEST(UnixClient, TalksToTheServerAtTheSocket) {
  const Scratch directory;
  ServerThread server(UnixEndpoint{directory / "s", "", {}}, echo);
  const auto response = request_over_unix(directory / "s", post("/entries?x=1", "hello"));
  EXPECT_EQ(response.value().body, "nobody:hello");
}

TEST(UnixClient, CallsAnAbsentAgentUnreachableWithOrWithoutItsSocketFile) {
  const Scratch directory;
  const auto path = directory / "s";
  EXPECT_EQ(code_of(request_over_unix(path, get("/"))), "unreachable");
  { ServerThread server(UnixEndpoint{path, "", {}}, echo); }
  ASSERT_TRUE(std::filesystem::exists(path));
  EXPECT_EQ(code_of(request_over_unix(path, get("/"))), "unreachable");
}

TEST(UnixClient, CallsASocketOfAnotherGroupAMatterOfPermission) {
  if (::getuid() != 0) GTEST_SKIP() << "needs root to become a user without access";
  const Scratch directory;
  const auto path = directory / "s";
  ServerThread server(UnixEndpoint{path, "", {}}, echo);
  ::chmod(directory.path().c_str(), 0755);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(2);
    ::_exit(code_of(request_over_unix(path, get("/"))) == "permission" ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(PinnedCa, IsFetchedFromAServerThatProvesIt) {
  const Certificates set;
  ServerThread server(tls_endpoint(set.server, set.ca), echo);
  const auto fetched = fetch_pinned_authority(server.url("https"), set.ca.fingerprint(), "", 10s);
  EXPECT_EQ(fetched.value().ca_pem, set.ca.certificate_pem());
  EXPECT_EQ(server.server().stats().requests, 0u);
}

TEST(PinnedCa, IsNotFetchedFromAnybodyElse) {
  const Certificates set, other;
  ServerThread server(tls_endpoint(other.server, other.ca), echo);
  EXPECT_EQ(code_of(fetch_pinned_authority(server.url("https"), set.ca.fingerprint(), "", 10s)), "tls-untrusted");
}

}  // namespace
}  // namespace holdline::platform
