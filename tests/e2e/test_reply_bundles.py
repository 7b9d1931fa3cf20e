#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""One text about several incidents, and what is answered to it: "4" is for what the text stands for and
nothing else, a number for that one alone, and the answers name what is left."""
from house import main, wait_for
from test_replies import ANN, Talk



class Bundles(Talk):
    def write(self, name, text, mode=0o600):
        return super().write(name, text.replace("severity: {", 'severity: { error: { notify = "normal", wake = true } ')
                             if name == "pagerd.cfg" else text, mode)

    def several(self, *things):
        """The first is paged for itself, the others come as one text: their numbers, and the text."""
        numbers = [self.page(f"{things[0]}: down", severity="error")]
        before = len(self.twilio.to(ANN))
        for thing in things[1:]:
            self.alert(self.source, summary="down", source=thing, service=thing, severity="error")
            numbers.append(len(numbers) + numbers[0])
        self.twilio.wait_for_message(ANN, before + 1)
        wait_for("it to be sent", lambda: all(page["state"] in ("sent", "delivered")
                                              for page in self.pages(numbers[1])))
        return numbers, self.twilio.to(ANN)[-1].text


def a_4_acks_all_that_the_text_stands_for_and_nothing_that_came_before_or_after():
    with Bundles('replies = "all"') as house:
        numbers, text = house.several("db1", "web1", "mx1", "ns1")
        assert " x3 " in text and "Reply 4=ack" in text, text
        assert len(house.twilio.to(ANN)) == 2, "three texts at most"
        later = house.page("cat1: down", severity="critical")
        house.read()
        # The last text is the critical one's: "4" is for that alone.
        said = house.say("4")
        assert said.startswith(f"ACKED #{later} cat1: down by you "), said
        assert [house.state_of(number) for number in numbers] == ["triggered"] * 4
        # What is most urgent is offered; "4" again takes it, and a number takes one of the text's.
        assert f"Also open: #{numbers[0]} " in said, said
        assert house.say(f"4 {numbers[2]}").startswith(f"ACKED #{numbers[2]} "), "one by its number"
        assert [house.state_of(number) for number in numbers] == [
            "triggered", "triggered", "acknowledged", "triggered"]


def a_4_right_after_the_text_acks_its_incidents_and_says_how_many():
    with Bundles('replies = "all"') as house:
        numbers, text = house.several("db1", "web1", "mx1", "ns1")
        house.read()
        said = house.say("4")
        assert said.startswith(f"ACKED #{numbers[1]} and 2 more"), (said, text)
        assert f"Also open: #{numbers[0]} " in said, said
        assert [house.state_of(number) for number in numbers] == [
            "triggered", "acknowledged", "acknowledged", "acknowledged"]
        assert {house.show(number)["acknowledged_by"] for number in numbers[1:]} == {"ann"}
        assert house.say("4").startswith(f"ACKED #{numbers[0]} db1: down by you "), "what was offered"
        assert "Nothing is waiting" in house.say("what now"), "list"


def what_somebody_else_has_meanwhile_stays_theirs():
    with Bundles('replies = "all"') as house:
        numbers, _ = house.several("db1", "web1", "mx1")
        house.act("bob", numbers[1], "ack")
        house.read()
        said = house.say("4")
        assert said.startswith(f"ACKED #{numbers[2]} "), said
        assert house.show(numbers[1])["acknowledged_by"] == "bob", "it stays his"
        assert house.state_of(numbers[0]) == "triggered"


if __name__ == "__main__":
    main(a_4_acks_all_that_the_text_stands_for_and_nothing_that_came_before_or_after,
         a_4_right_after_the_text_acks_its_incidents_and_says_how_many,
         what_somebody_else_has_meanwhile_stays_theirs)
