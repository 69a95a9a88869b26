#include "hub/callbacks/list/remembering.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "platform/os/mutex.hpp"

namespace holdline::hub {

namespace {

template <class Value>
class Remembered {
 public:
  using Look = std::function<Value(std::string_view)>;
  explicit Remembered(Look look) : look_(std::move(look)) {}

  Value operator()(std::string_view name) {
    {
      const platform::MutexLock lock(mutex_);
      if (const auto found = known_.find(std::string(name)); found != known_.end()) return found->second;
    }
    Value value = look_(name);
    const platform::MutexLock lock(mutex_);
    return known_.emplace(name, std::move(value)).first->second;
  }

 private:
  const Look look_;
  platform::Mutex mutex_;
  std::unordered_map<std::string, Value> known_ HOLDLINE_GUARDED_BY(mutex_);
};

template <class Value>
std::function<Value(std::string_view)> remembered(std::function<Value(std::string_view)> look) {
  if (!look) return look;
  return
      [known = std::make_shared<Remembered<Value>>(std::move(look))](std::string_view name) { return (*known)(name); };
}

}  // namespace

contingency::ZoneRules remembering(contingency::ZoneRules rules) {
  return {std::move(rules.offset), remembered(std::move(rules.zones_of)), remembered(std::move(rules.country_of))};
}

}  // namespace holdline::hub
