#include "proto/local_link.h"

#include <deque>
#include <utility>

#include "common/loop.h"

namespace swarm::proto {
namespace {

// One direction. Held by both ends and by deliveries that are under way.
template <typename Message>
class Mailbox : public std::enable_shared_from_this<Mailbox<Message>> {
 public:
  explicit Mailbox(Loop& loop) : loop_(loop) {}

  void put(Message message) {
    messages_.push_back(std::move(message));
    schedule();
  }

  void set_receiver(std::function<void(Message)> receiver) {
    receiver_ = std::move(receiver);
    schedule();
  }

  bool empty() const { return messages_.empty() || !receiver_; }

  // Only what is there now: an answer to an answer waits for the next turn, or two ends that talk
  // without pause would hold the loop.
  void deliver() {
    scheduled_ = false;
    for (std::size_t left = messages_.size(); left > 0 && !empty(); --left) {
      Message message = std::move(messages_.front());
      messages_.pop_front();
      // A copy: the receiver may replace itself.
      const auto receiver = receiver_;
      receiver(std::move(message));
    }
    schedule();
  }

 private:
  void schedule() {
    if (scheduled_ || empty()) return;
    scheduled_ = true;
    loop_.defer([weak = this->weak_from_this()] {
      if (const auto self = weak.lock()) self->deliver();
    });
  }

  Loop& loop_;
  std::deque<Message> messages_;
  std::function<void(Message)> receiver_;
  bool scheduled_ = false;
};

}  // namespace

class LocalLink::WorkerEnd final : public Link {
 public:
  explicit WorkerEnd(Loop& loop) : inbox(std::make_shared<Mailbox<ToWorker>>(loop)) {
    inbox->put(Introduce{});
  }

  Result<void> send(ToMaster message) override {
    to_master->put(std::move(message));
    return {};
  }
  void on_receive(std::function<void(ToWorker)> receiver) override {
    inbox->set_receiver(std::move(receiver));
  }
  void publish(const Heartbeat& heartbeat) override { to_master->put(heartbeat); }
  TimePoint last_heard() const override { return TimePoint::max(); }

  std::shared_ptr<Mailbox<ToWorker>> inbox;
  std::shared_ptr<Mailbox<ToMaster>> to_master;
};

class LocalLink::MasterEnd final : public FleetLink {
 public:
  MasterEnd(Loop& loop, WorkerId worker)
      : inbox(std::make_shared<Mailbox<ToMaster>>(loop)), worker_(std::move(worker)) {}

  Result<void> send(const WorkerId& worker, ToWorker message) override {
    if (worker != worker_) return Error{"no worker " + worker + " is connected"};
    to_worker->put(std::move(message));
    return {};
  }
  void on_receive(std::function<void(const WorkerId&, ToMaster)> receiver) override {
    if (!receiver) return inbox->set_receiver(nullptr);
    inbox->set_receiver([this, receiver = std::move(receiver)](ToMaster message) {
      receiver(worker_, std::move(message));
    });
  }

  std::shared_ptr<Mailbox<ToMaster>> inbox;
  std::shared_ptr<Mailbox<ToWorker>> to_worker;

 private:
  const WorkerId worker_;
};

LocalLink::LocalLink(Loop& loop, WorkerId worker)
    : worker_end_(std::make_unique<WorkerEnd>(loop)),
      master_end_(std::make_unique<MasterEnd>(loop, std::move(worker))) {
  worker_end_->to_master = master_end_->inbox;
  master_end_->to_worker = worker_end_->inbox;
}

// A delivery may be under way: the ends are gone for it from now on.
LocalLink::~LocalLink() {
  worker_end_->on_receive(nullptr);
  master_end_->on_receive(nullptr);
}

Link& LocalLink::worker_end() { return *worker_end_; }
FleetLink& LocalLink::master_end() { return *master_end_; }

void LocalLink::deliver_now() {
  master_end_->inbox->deliver();
  worker_end_->inbox->deliver();
}

}  // namespace swarm::proto
