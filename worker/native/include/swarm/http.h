#pragma once

#include <chrono>
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace swarm {

class User;
namespace detail {
class UserContext;
struct Call;
struct ReleaseCall {
  void operator()(Call* call) const noexcept;
};
using CallPointer = std::unique_ptr<Call, ReleaseCall>;
}  // namespace detail

struct Header {
  std::string_view name;
  std::string_view value;
};

// Up to eight header fields written in place, `{{"Accept", "text/html"}, {"X-Id", id}}`, or any
// number that an array of Header holds. (No initializer_list: g++ 12 cannot keep its array across
// a co_await.)
class Headers {
  // Up to the first without a name. (Above its callers: clang needs it for constants.)
  template <typename... More>
  constexpr void add(const Header& first, const More&... more) {
    if (first.name.empty()) return;
    std::construct_at(places_.at + size_++, first);
    if constexpr (sizeof...(more) > 0) add(more...);
  }

  // A constant has to have them all; elsewhere those beyond size_ are not there.
  constexpr void make_places() {
    if (std::is_constant_evaluated()) std::construct_at(&places_);
  }

 public:
  static constexpr std::size_t kInPlace = 8;

  // Spelt out for each number: a default argument, and a place that is not used, would be written
  // into the coroutine's frame at every request.
  constexpr Headers() { make_places(); }
  constexpr Headers(Header a) { make_places(), add(a); }
  constexpr Headers(Header a, Header b) { make_places(), add(a, b); }
  constexpr Headers(Header a, Header b, Header c) { make_places(), add(a, b, c); }
  constexpr Headers(Header a, Header b, Header c, Header d) { make_places(), add(a, b, c, d); }
  constexpr Headers(Header a, Header b, Header c, Header d, Header e) {
    make_places(), add(a, b, c, d, e);
  }
  constexpr Headers(Header a, Header b, Header c, Header d, Header e, Header f) {
    make_places(), add(a, b, c, d, e, f);
  }
  constexpr Headers(Header a, Header b, Header c, Header d, Header e, Header f, Header g) {
    make_places(), add(a, b, c, d, e, f, g);
  }
  constexpr Headers(Header a, Header b, Header c, Header d, Header e, Header f, Header g,
                    Header h) {
    make_places(), add(a, b, c, d, e, f, g, h);
  }
  template <std::ranges::contiguous_range Range>
  requires std::same_as<std::ranges::range_value_t<Range>, Header>
  constexpr Headers(const Range& range)
      : elsewhere_(std::ranges::data(range)), size_(std::ranges::size(range)) {
    make_places();
  }

  constexpr const Header* begin() const { return elsewhere_ != nullptr ? elsewhere_ : places_.at; }
  constexpr const Header* end() const { return begin() + size_; }
  constexpr std::size_t size() const { return size_; }

 private:
  struct Places {
    Header at[kInPlace];
  };
  union {
    Places places_;
  };
  const Header* elsewhere_ = nullptr;
  std::size_t size_ = 0;
};

// What can be said of a request beside its method and path. Nothing is kept beyond the call.
struct RequestArgs {
  std::string_view name = {};  // what it is counted under; empty: the path as given
  Headers headers = {};
  std::string_view body = {};
  std::string_view json = {};  // a body with `Content-Type: application/json`
  bool allow_redirects = true;
  // Longest silence of the server; zero: the session's.
  std::chrono::milliseconds timeout{0};
};
// g++ 12 destroys temporaries that own something twice when they live across a co_await.
static_assert(std::is_trivially_destructible_v<RequestArgs>);

// The answer to one request. It is counted when this object goes out of scope, as a success or a
// failure: a status of 400 and above fails, unless succeed() or fail() decide otherwise.
class [[nodiscard]] Response {
 public:
  Response(Response&& other) noexcept = default;
  Response& operator=(Response&& other) noexcept;
  ~Response();

  int status() const;  // 0: there was no answer; error() says why
  bool ok() const { return status() != 0 && status() < 400; }
  // The first field of that name, in any case; empty if there is none.
  std::string_view header(std::string_view name) const;
  // The body, with its content coding undone; empty if that fails, which also fails the request.
  std::string_view text() const;
  std::string_view raw_body() const;  // as it came
  std::string_view error() const;     // empty unless there was no complete answer
  std::string url() const;            // of the last request, after redirects
  std::chrono::nanoseconds elapsed() const;

  void succeed();
  void fail(std::string_view reason);

 private:
  friend class RequestAwaiter;
  explicit Response(detail::CallPointer call) : call_(std::move(call)) {}
  detail::CallPointer call_;
};

// co_await it: sends the request, waits for the answer.
class [[nodiscard]] RequestAwaiter {
 public:
  explicit RequestAwaiter(detail::CallPointer call) : call_(std::move(call)) {}
  RequestAwaiter(RequestAwaiter&&) noexcept = default;
  ~RequestAwaiter();

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting);
  Response await_resume() { return Response(std::move(call_)); }

 private:
  detail::CallPointer call_;
};

// A user's HTTP client: its own connections and cookies, kept between requests as a browser does.
// A path is relative to the user's host; an absolute URL goes elsewhere.
//
//   auto response = co_await client.get("/cart", {.name = "cart"});
//   if (response.text().empty()) response.fail("an empty cart");
class HttpSession {
 public:
  explicit HttpSession(detail::UserContext& user);
  ~HttpSession();
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  RequestAwaiter get(std::string_view path, const RequestArgs& args = {});
  RequestAwaiter post(std::string_view path, const RequestArgs& args = {});
  RequestAwaiter put(std::string_view path, const RequestArgs& args = {});
  RequestAwaiter patch(std::string_view path, const RequestArgs& args = {});
  RequestAwaiter del(std::string_view path, const RequestArgs& args = {});
  RequestAwaiter head(std::string_view path, const RequestArgs& args = {});
  RequestAwaiter options(std::string_view path, const RequestArgs& args = {});
  RequestAwaiter request(std::string_view method, std::string_view path,
                         const RequestArgs& args = {});

  // A field sent with every request from now on; replaces one of the same name. An empty value
  // removes it. Throws std::invalid_argument for a name or value that HTTP does not allow.
  void set_header(std::string_view name, std::string_view value);
  // Basic authentication for every request to the user's own host from now on.
  void set_basic_auth(std::string_view user, std::string_view password);
  // How long a connection may take, and how long the server may be silent. 60 s each at first.
  void set_timeouts(std::chrono::milliseconds connect, std::chrono::milliseconds read);
  // Whether certificates are checked; they are unless --insecure.
  void set_verify(bool verify);
  void clear_cookies();
  void close_connections();

 private:
  friend struct detail::Call;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace swarm
