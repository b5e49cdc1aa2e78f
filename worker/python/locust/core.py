"""Where Locust before 1.0 had its classes."""

from . import events as events
from .exception import InterruptTaskSet as InterruptTaskSet
from .exception import LocustError as LocustError
from .exception import RescheduleTask as RescheduleTask
from .exception import RescheduleTaskImmediately as RescheduleTaskImmediately
from .exception import StopLocust as StopLocust
from .user.task import TaskSet as TaskSet
from .user.task import task as task
from .user.users import HttpLocust as HttpLocust
from .user.users import Locust as Locust
