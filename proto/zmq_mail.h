#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/loop.h"

namespace swarm::proto {

// Seconds since 1970: the clock of Locust's messages.
double calendar_seconds();

// Wakes a thread that waits for sockets.
// Thread  any
class Bell {
 public:
  Bell();
  ~Bell();
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  void ring();
  // It rings no more, until the next ring().
  void silence();
  // Waits until it rings, or `longest` has passed.
  void wait(Duration longest) const;
  int fd() const { return fd_; }

 private:
  int fd_;
};

// From the loop to the thread that owns the socket.
// Thread  any
template <typename Mail>
class Outbox {
 public:
  void put(Mail mail) {
    const std::lock_guard lock(mutex_);
    mail_.push_back(std::move(mail));
    if (mail_.size() == 1) bell_.ring();
  }
  // Whoever takes is to take once more, and then to end.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    bell_.ring();
  }
  // What is there, in order; and whether that was the last.
  std::pair<std::vector<Mail>, bool> take() {
    const std::lock_guard lock(mutex_);
    bell_.silence();
    return {std::exchange(mail_, {}), closed_};
  }
  const Bell& bell() const { return bell_; }

 private:
  Bell bell_;
  std::mutex mutex_;
  std::vector<Mail> mail_;
  bool closed_ = false;
};

// What one sender, and all together, may leave in a mailbox whose loop does not come round.
struct MailLimits {
  std::size_t bytes_each = std::size_t{64} << 20;
  std::size_t bytes_all = std::size_t{512} << 20;
};

// From the thread that owns the socket to the loop: many messages by one post().
//
// Thread  put(), send_off(): any; the rest: loop
// Errors  put() refuses what is beyond the limits
template <typename Mail>
class Inbox : public std::enable_shared_from_this<Inbox<Mail>> {
 public:
  // Each message costs at least this much memory.
  static constexpr std::size_t kLeastBytes = 512;

  Inbox(Loop& loop, MailLimits limits = {}) : loop_(loop), limits_(limits) {}

  // Delivered after the next send_off(): to wake the loop for each would cost more than what it
  // does with them. `bytes`: what it was on the wire.
  bool put(Mail mail, std::string_view sender, std::size_t bytes) {
    bytes += kLeastBytes;
    const std::lock_guard lock(mutex_);
    std::size_t& held = held_by_[std::string(sender)];
    if (held + bytes > limits_.bytes_each || held_ + bytes > limits_.bytes_all) return false;
    held += bytes;
    held_ += bytes;
    mail_.push_back(std::move(mail));
    return true;
  }
  void send_off() {
    const std::lock_guard lock(mutex_);
    if (!mail_.empty()) post();
  }

  // Nothing arrives from inside this call. Null: what comes is kept.
  void set_receiver(std::function<void(Mail)> receiver) {
    receiver_ = std::move(receiver);
    const std::lock_guard lock(mutex_);
    if (receiver_ && !mail_.empty()) post();
  }

  void close() {
    closed_ = true;
    receiver_ = nullptr;
  }

 private:
  // REQUIRES: the lock.
  void post() {
    if (posted_) return;
    posted_ = true;
    loop_.post([weak = this->weak_from_this()] {
      if (const auto self = weak.lock()) self->deliver();
    });
  }

  void deliver() {
    std::vector<Mail> batch;
    {
      const std::lock_guard lock(mutex_);
      posted_ = false;
      if (!receiver_) return;
      batch.swap(mail_);
      held_by_.clear();
      held_ = 0;
    }
    for (auto mail = batch.begin(); mail != batch.end() && !closed_; ++mail) {
      // A copy: the receiver may replace itself.
      const auto receiver = receiver_;
      if (!receiver) return keep(mail, batch.end());
      receiver(std::move(*mail));
    }
  }

  // The receiver went before it had all.
  void keep(typename std::vector<Mail>::iterator first, typename std::vector<Mail>::iterator last) {
    const std::lock_guard lock(mutex_);
    mail_.insert(mail_.begin(), std::make_move_iterator(first), std::make_move_iterator(last));
  }

  Loop& loop_;
  const MailLimits limits_;
  std::function<void(Mail)> receiver_;
  bool closed_ = false;
  std::mutex mutex_;  // guards what follows
  std::vector<Mail> mail_;
  std::unordered_map<std::string, std::size_t> held_by_;
  std::size_t held_ = 0;
  bool posted_ = false;
};

}  // namespace swarm::proto
