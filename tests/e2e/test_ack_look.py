# SPDX-License-Identifier: MIT
"""The ack page as a phone shows it, in a real Chromium: sizes, contrast, large text, no script.

With PAGERD_SHOTS=FOLDER a picture of each page is left there, to be looked at.
"""
import datetime
import gzip
import os
import subprocess

from browser import Browser
from house import PAGERD, House, main, wait_for
from sinks import Gateway, Mail, link_of, number_of, plain_of

ANN = "+4915550100001"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LONG = '( { page = "primary", wait = "1h" }, { page = "secondary", wait = "1h" } )'
SHOTS = os.environ.get("PAGERD_SHOTS")
DETAILS = "At 100% PostgreSQL stops and the shop is down. 1.9 GiB of 48 GiB are free."
PHONES = ((360, 640), (320, 568))
LANG = "en-US"
TEXT_MIN = 5.8  # contrast of text; WCAG AA wants 4.5
EDGE_MIN = 3.0  # of the edge of a field; WCAG 1.4.11
PAGE_MAX = 8 * 1024  # bytes on the wire, gzipped
GO_MIN, TARGET_MIN = 96, 48  # CSS pixels

# All that has a text of its own: its colour on the first background behind it, as WCAG reckons it.
MEASURE = """(function () {
    function parts(colour) { return colour.match(/[0-9.]+/g).map(Number); }
    function light(colour) {
        var all = parts(colour).slice(0, 3).map(function (part) {
            part /= 255;
            return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
        });
        return 0.2126 * all[0] + 0.7152 * all[1] + 0.0722 * all[2];
    }
    function contrast(one, other) {
        var both = [light(one), light(other)].sort(function (a, b) { return b - a; });
        return (both[0] + 0.05) / (both[1] + 0.05);
    }
    function behind(element) {
        for (; element; element = element.parentElement) {
            var colour = getComputedStyle(element).backgroundColor;
            if ((parts(colour)[3] === undefined ? 1 : parts(colour)[3]) === 1) { return colour; }
        }
        return 'rgb(255, 255, 255)';
    }
    function box(element) {
        var found = element.getBoundingClientRect();
        return {text: (element.innerText || element.name || '').slice(0, 30), left: found.left,
                right: found.right, bottom: found.bottom, width: found.width, height: found.height};
    }
    var texts = [], edges = [], cut = [];
    document.querySelectorAll('body *').forEach(function (element) {
        var style = getComputedStyle(element);
        var has_text = Array.prototype.some.call(element.childNodes, function (node) {
            return node.nodeType === 3 && node.textContent.trim();
        });
        if (has_text && element.tagName !== 'STYLE') {
            texts.push({text: element.innerText.slice(0, 30),
                        contrast: contrast(style.color, behind(element))});
            if (element.scrollWidth > element.clientWidth + 1 && style.display !== 'inline') {
                cut.push(element.innerText.slice(0, 30));
            }
        }
        if (element.tagName === 'INPUT' && element.type !== 'hidden') {
            texts.push({text: 'placeholder of ' + element.name, contrast: contrast(
                getComputedStyle(element, '::placeholder').color, behind(element))});
            edges.push({text: element.name, contrast: contrast(
                style.borderTopColor, behind(element.parentElement))});
        }
    });
    var go = document.querySelector('.go');
    return {
        go: go && box(go), main: box(document.querySelector('main')), texts: texts, edges: edges, cut: cut,
        targets: Array.prototype.map.call(document.querySelectorAll(
            'button:not(.go), a, input:not([type=hidden]), summary'), box),
        wide: document.documentElement.scrollWidth, seen: document.documentElement.clientWidth,
        night: document.documentElement.className, background: getComputedStyle(document.body).backgroundColor,
        headings: document.querySelectorAll('h1').length, lang: document.documentElement.lang,
        labelled: Array.prototype.every.call(document.querySelectorAll('input:not([type=hidden])'),
            function (field) { return field.labels.length > 0 || field.getAttribute('aria-label'); })
    };
})()"""


def zone_at(hour):
    """A zone in which it is that hour now."""
    ahead = (hour - datetime.datetime.now(datetime.timezone.utc).hour + 11) % 24 - 11
    return "Etc/UTC" if ahead == 0 else f"Etc/GMT{-ahead:+d}"


class Stage:
    """Pages in every state that they can be in: name -> path."""

    def __init__(self, pager, gateway, mail):
        self.pager, self.gateway, self.mail = pager, gateway, mail
        self.key = pager.key()
        self.count = 0

    def incident(self, summary="db1: disk /var 96% full", key=None):
        """A new one: the link and the number of its mail, and the link of its SMS."""
        self.count += 1
        self.pager.alert(self.key, summary, service=f"s{self.count}", dedup_key=key or f"k{self.count}",
                         details=DETAILS, runbook="https://wiki.example.org/runbook/disk-full",
                         link="https://graphs.example.org/d/disk?host=db1")
        tag = f"CRIT #{self.count} "
        text = wait_for(f"the SMS of {tag}", lambda: next(
            (m["text"] for m in self.gateway.taken(ANN) if tag in m["text"]), None))
        letter = wait_for(f"the mail of {tag}", lambda: next(
            (plain_of(m) for m in self.mail.to("ann@example.org") if tag[:-1] + "]" in m["subject"]),
            None))
        return link_of(letter), number_of(letter), link_of(text)

    def press(self, link, form):
        assert self.pager.request("POST", link, form, FORM)[0] == 303, form

    def pages(self):
        pages = {}
        pages["open"] = self.incident()[2]
        pages["number"], _, other = self.incident("shop: 17 % of orders fail since the deployment of "
                                                  "shop-2026.11.21-with-an-unbroken-name-that-is-long")
        pages["wrong"] = self.incident()[0]
        self.press(pages["wrong"], "do=ack&n=1111")
        _, _, mine = self.incident()
        self.press(mine, "do=ack")
        pages["mine"] = mine
        gone, _, snoozed = self.incident()
        self.press(gone, "do=ack&n=1111")
        self.press(gone, "do=ack&n=1111")
        pages["void"] = gone
        self.press(snoozed, "do=snooze")
        pages["snoozed"] = snoozed
        _, _, others = self.incident()
        assert self.pager.act("bob", self.count, "ack")[0] == 200
        pages["others"] = others
        _, _, closed = self.incident()
        self.press(closed, "do=resolve&note=journalctl --vacuum-size=1G")
        pages["closed"] = closed
        self.pager.request("POST", "/v1/alerts", {"action": "resolve", "dedup_key": f"k{self.count}"},
                           {"Authorization": f"Bearer {self.key}"})
        pages["again"] = self.incident(key=f"k{self.count}")[2]
        pages["strange"] = "/a/00000000000000000000"
        return pages


def stage(hour, messages=""):
    gateway, mail = Gateway(), Mail()
    extra = {name: f', timezone = "{zone_at(hour)}"' for name in ("ann", "bob")}
    pager = House(messages, timezone=zone_at(hour), channels=gateway.config() + " " + mail.config(), escalate=LONG, user_extra=extra,
                  team='war-room = "https://meet.example.org/$team-$number"').start()
    return pager, gateway, mail


def check(name, found, is_large=False):
    """What every page has to keep to; gives its figures."""
    assert found["wide"] <= found["seen"], (name, "scrolls sideways", found["wide"], found["seen"])
    assert not found["cut"], (name, "cut off", found["cut"])
    assert found["headings"] == 1 and found["lang"] == LANG and found["labelled"], (name, found)
    worst = min(found["texts"], key=lambda text: text["contrast"])
    assert worst["contrast"] >= TEXT_MIN, (name, worst)
    for edge in found["edges"]:
        assert edge["contrast"] >= EDGE_MIN, (name, edge)
    for target in found["targets"]:
        assert target["height"] >= TARGET_MIN and target["width"] >= TARGET_MIN, (name, target)
        assert target["left"] >= 0 and target["right"] <= found["seen"], (name, target)
    go = found["go"]
    if go:
        assert go["height"] >= GO_MIN, (name, go)
        assert go["width"] >= found["main"]["width"] - 1, (name, go, found["main"])
    smallest = min((target["height"] for target in found["targets"]), default=0)
    return (f"contrast {worst['contrast']:.1f} ({worst['text']!r}), ack "
            + (f"{go['width']:.0f}x{go['height']:.0f}" if go else "none")
            + f", others from {smallest:.0f}" + (", text 200 %" if is_large else ""))


def look(tab, base, pages, palette):
    for name, path in pages.items():
        tab.open(base + path)
        for width, height in PHONES:
            tab.size(width, height)
            for is_large in (False, True):
                tab.run(f"document.documentElement.style.fontSize = '{200 if is_large else 100}%'")
                found = tab.run(MEASURE)
                label = f"{palette}-{width}-{name}" + ("-200" if is_large else "")
                assert (found["night"] == "night") == (palette == "night"), label
                print(f"{label}: {check(label, found, is_large)}")
                if found["go"] and not is_large and (width >= 360 or name == "open"):
                    assert found["go"]["bottom"] <= height, (label, "the button is on the first screen")
                if SHOTS:
                    tab.shot(os.path.join(SHOTS, label + ".png"))


def the_page_is_large_and_clear_in_light_dark_and_night():
    browser = Browser()
    backgrounds = {}
    for hour, palettes in ((12, ("light", "dark")), (2, ("night",))):
        pager, gateway, mail = stage(hour)
        with pager:
            pages = Stage(pager, gateway, mail).pages()
            for palette in palettes:
                tab = browser.tab()
                # In the night it is dark whatever the phone is set to.
                tab.scheme("dark" if palette == "dark" else "light")
                look(tab, pager.url, pages, palette)
                tab.open(pager.url + pages["open"])
                backgrounds[palette] = tab.run("getComputedStyle(document.body).backgroundColor")
            for name, path in pages.items():
                body = pager.get(path)[1].encode()
                small = len(gzip.compress(body))
                print(f"{name}: {len(body)} bytes, {small} gzipped")
                assert small < PAGE_MAX, (name, small)
        gateway.close()
        mail.close()
    assert len(set(backgrounds.values())) == 3, backgrounds
    browser.close()


def long_words():
    """Every text of a page with an unbroken word as long as its place allows, and its fields."""
    lines, fields = [], ""
    shipped = subprocess.run([PAGERD, "--messages"], check=True, capture_output=True, text=True).stdout
    for line in shipped.split("  page: {\n")[1].splitlines():
        if line.strip().startswith("#"):
            fields = "".join(f"{{0: {name}}}" for name in line.split()[1:])
        elif " = " in line:
            name = line.split(" = ")[0].strip()
            word = "Befehl" if fields else "Wiederherstellungsfortschritt"
            lines.append(f'{name} = "{word[:16] if name.startswith("tag-") else word}{fields}"')
            fields = ""
    return "messages: { page: { " + "\n".join(lines) + " } }\n"


def long_words_of_another_language_fit_a_narrow_phone():
    browser = Browser()
    pager, gateway, mail = stage(12, long_words())
    with pager:
        pages = Stage(pager, gateway, mail).pages()
        tab = browser.tab()
        tab.size(320, 568)
        for name, path in pages.items():
            tab.open(pager.url + path)
            for size in (100, 200):
                tab.run(f"document.documentElement.style.fontSize = '{size}%'")
                found = tab.run(MEASURE)
                assert any("Wiederherstell" in text["text"] for text in found["texts"]), (name, found)
                print(f"{name} {size} %: {check(name, found)}")
    gateway.close()
    mail.close()
    browser.close()


def press(tab, selector):
    """As a finger does, at the middle of it, when the page is whole and nothing lies above it."""
    find = f"var e = document.querySelector('{selector}');"
    middle = ("e.scrollIntoView({block: 'center'}); var b = e.getBoundingClientRect();"
              "var x = b.left + b.width / 2, y = b.top + b.height / 2;")
    tab.settle(f"(function () {{ {find} if (!e || document.readyState !== 'complete') return false;"
               f"{middle} return e.contains(document.elementFromPoint(x, y)); }})()")
    spot = tab.run(f"(function () {{ {find} {middle} return {{x: x, y: y}}; }})()")
    for kind in ("mousePressed", "mouseReleased"):
        tab.call("Input.dispatchMouseEvent", type=kind, x=spot["x"], y=spot["y"], button="left",
                 clickCount=1)


def a_finger_acks_and_takes_it_back_without_any_script():
    browser = Browser()
    pager, gateway, mail = stage(2)
    with pager:
        place = Stage(pager, gateway, mail)
        link, number, sms = place.incident()
        tab = browser.tab()
        tab.size(360, 640)
        tab.call("Emulation.setScriptExecutionDisabled", value=True)
        tab.open(pager.url + link)
        press(tab, ".go")  # without the number: the browser itself says what is missing
        tab.call("Input.insertText", text=number)
        press(tab, ".go")
        tab.settle("document.querySelector('h1').innerText.startsWith('It is yours')")
        assert pager.show(1)["acknowledged_by"] == "ann"
        press(tab, "input[name=note]")
        tab.call("Input.insertText", text="looking, laptop in 5 min")
        press(tab, "button[value=note]")
        wait_for("the note", lambda: any(
            entry["text"] == "looking, laptop in 5 min" for entry in pager.show(1)["timeline"]))
        tab.settle("document.querySelector('input[name=note]').value === ''")
        press(tab, "button[value=undo]")  # the number was typed once and goes along
        tab.settle("document.querySelector('.go') !== null")
        assert pager.show(1)["state"] == "triggered" and not pager.show(1)["acknowledged_by"]
        # The keyboard's own key presses the first button.
        link, number, sms = place.incident()
        tab.open(pager.url + link)
        press(tab, "input[name=n]")
        tab.call("Input.insertText", text=number)
        for kind in ("keyDown", "keyUp"):
            tab.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r",
                     windowsVirtualKeyCode=13)
        wait_for("the ack", lambda: pager.show(2)["acknowledged_by"] == "ann")
        # A text message asks for nothing: one press.
        link, number, sms = place.incident()
        tab.open(pager.url + sms)
        press(tab, ".go")
        wait_for("the ack", lambda: pager.show(3)["acknowledged_by"] == "ann")
    gateway.close()
    mail.close()
    browser.close()


main(long_words_of_another_language_fit_a_narrow_phone,
     the_page_is_large_and_clear_in_light_dark_and_night,
     a_finger_acks_and_takes_it_back_without_any_script)
