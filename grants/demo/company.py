"""What stands around the demo's company: a licence, colleagues on their way, a conversation."""

from grants.accounts.models import Organisation, User
from grants.accounts.services.invitations import invite
from grants.accounts.services.joining import ask_to_join
from grants.applications.models import Application
from grants.demo.people import DOMAIN
from grants.licences.services import upload_licence, verify_licence
from grants.messages.services.writing import write_message


def furnish(company: Organisation, *, owner: User, asker: User, officer: User, licence) -> None:
    """A verified licence, somebody invited, and somebody who asks to join."""
    verify_licence(upload_licence(company, licence, by=owner), by=officer)
    invite(company, by=owner, email=f"zhou-min@{DOMAIN}", role="signatory")
    ask_to_join(by=asker, credit_code=company.credit_code, note="我是新来的产品经理。")


def talk(application: Application, *, applicant: User, officer: User) -> None:
    """A question that was answered, and one that waits."""
    write_message(application, by=applicant, text="请问第一个里程碑的验收材料需要哪些？")
    write_message(application, by=officer, text="测试报告和内测用户名单即可，名单请隐去个人信息。")
    write_message(application, by=applicant, text="明白了，谢谢！报告可以用英文写吗？")
