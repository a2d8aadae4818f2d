/* A capture form on any website: no library, nothing global.
   What could not be sent is kept in this browser, sent again, and forgotten after a
   day. The key of a post stays the same, so that it makes one lead however often it
   is sent. */
(function () {
    "use strict";
    const form = __CRM_FORM__;
    const DAY = 24 * 3600 * 1000;
    const WAITS = [5, 15, 60, 300];
    const QUEUE = `crm_form_${form.token}`;
    const VISITOR = `crm_visitor_${form.token}`;
    const script = document.currentScript;

    // ------------------------------------------------------------------ storage
    function load(name, fallback) {
        try {
            return JSON.parse(localStorage.getItem(name)) || fallback;
        } catch {
            return fallback;
        }
    }
    function save(name, value) {
        try {
            localStorage.setItem(name, JSON.stringify(value));
        } catch {
            // a browser that keeps nothing still sends
        }
    }
    function kept() {
        return load(QUEUE, []).filter((post) => Date.now() - post.at < DAY);
    }
    function forget(key) {
        save(
            QUEUE,
            kept().filter((post) => post.key !== key)
        );
    }

    // ------------------------------------------------------------------ sending
    async function call(path, body) {
        const response = await fetch(form.url + path, {
            method: "POST",
            headers: {"Content-Type": "application/json"},
            body: JSON.stringify(body),
            keepalive: path !== "",
        });
        return {status: response.status, body: await response.json().catch(() => ({}))};
    }
    async function send(post, attempt, done) {
        let answer = {status: 0, body: {}};
        try {
            answer = await call("", post);
        } catch {
            // no line, or no server: it is tried again below
        }
        const later =
            answer.status === 0 || answer.status === 429 || answer.status >= 500;
        if (!later) {
            forget(post.key);
            if (answer.body.visitor) {
                save(VISITOR, answer.body.visitor);
            }
            return done(answer.body);
        }
        done({status: "kept"});
        if (Date.now() - post.at < DAY) {
            const wait = WAITS[Math.min(attempt, WAITS.length - 1)];
            setTimeout(() => send(post, attempt + 1, done), wait * 1000);
        } else {
            forget(post.key);
        }
    }
    function newKey() {
        if (crypto.randomUUID) {
            return crypto.randomUUID();
        }
        const bytes = crypto.getRandomValues(new Uint8Array(16));
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        const hex = [...bytes]
            .map((byte) => byte.toString(16).padStart(2, "0"))
            .join("");
        return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    }

    // ------------------------------------------------------------------ drawing
    function element(name, attributes, ...children) {
        const node = document.createElement(name);
        for (const [key, value] of Object.entries(attributes || {})) {
            if (value !== false && value !== undefined && value !== null) {
                node.setAttribute(key, value === true ? "" : value);
            }
        }
        node.append(...children.filter(Boolean));
        return node;
    }
    const INPUT_TYPES = {email: "email", phone: "tel", check: "checkbox", file: "file"};
    const FILLED_IN_BY_BROWSERS = {
        contact_name: "name",
        partner_name: "organization",
        email_from: "email",
        phone: "tel",
        function: "organization-title",
        street: "street-address",
        zip: "postal-code",
        city: "address-level2",
    };
    function control(field, id) {
        const common = {
            id,
            name: field.key,
            required: field.required,
            autocomplete: FILLED_IN_BY_BROWSERS[field.key],
            "aria-describedby": `${id}_fault`,
        };
        if (field.kind === "text") {
            return element("textarea", {...common, rows: 4});
        }
        if (field.kind === "choice") {
            const options = field.choices.map((text) =>
                element("option", {value: text}, text)
            );
            return element(
                "select",
                common,
                element("option", {value: ""}, "—"),
                ...options
            );
        }
        return element("input", {...common, type: INPUT_TYPES[field.kind] || "text"});
    }
    function row(field) {
        const id = `crm_${form.token}_${field.key}`;
        const label = element(
            "label",
            {for: id},
            field.label + (field.required ? " *" : "")
        );
        const help = field.help && element("small", {}, field.help);
        const fault = element("div", {
            id: `${id}_fault`,
            class: "crm-fault",
            role: "alert",
        });
        const box = field.kind === "check" ? " crm-check" : "";
        const parts = [label, control(field, id), help, fault];
        if (box) {
            parts.splice(0, 2, parts[1], parts[0]);
        }
        return element("div", {class: `crm-row${box}`}, ...parts);
    }
    const STYLE = `
        .crm-form{font:inherit;max-width:36rem;color:inherit}
        .crm-form h2{font-size:1.4em;margin:0 0 .8em}
        .crm-row{margin:0 0 .9em;display:flex;flex-direction:column;gap:.25em}
        .crm-check{flex-flow:row wrap;align-items:baseline}
        .crm-check label{flex:1 1 80%}
        .crm-form input:not([type=checkbox]),.crm-form select,.crm-form textarea{
            font:inherit;padding:.55em .7em;border:1px solid #8a8f98;border-radius:.35em;
            width:100%;box-sizing:border-box;background:#fff;color:#111}
        .crm-form :is(input,select,textarea,button):focus-visible{
            outline:2px solid #1d6fd1;outline-offset:1px}
        .crm-form button{font:inherit;padding:.65em 1.4em;border:0;border-radius:.35em;
            background:#1d5fae;color:#fff;cursor:pointer}
        .crm-form button[disabled]{opacity:.6;cursor:default}
        .crm-fault{color:#b3261e}.crm-fault:empty{display:none}
        .crm-hidden{position:absolute;left:-10000px;height:1px;overflow:hidden}`;

    function draw(place) {
        const fields = [...form.fields];
        if (form.consent) {
            fields.push({
                key: "consent",
                kind: "check",
                label: form.consent,
                required: true,
            });
        }
        if (form.tracking) {
            fields.push({key: "tracking", kind: "check", label: form.tracking});
        }
        const trap = element("input", {
            name: form.trap,
            tabindex: "-1",
            autocomplete: "off",
            "aria-hidden": "true",
        });
        const button = element("button", {type: "submit"}, form.button);
        const message = element("p", {role: "status"});
        const node = element(
            "form",
            {class: "crm-form", novalidate: true},
            element("style", {}, STYLE),
            form.title && element("h2", {}, form.title),
            ...fields.map(row),
            element("div", {class: "crm-hidden"}, trap),
            button,
            message
        );
        node.addEventListener(
            "input",
            () => call("/event", {kind: "start"}).catch(() => {}),
            {
                once: true,
            }
        );
        node.addEventListener("submit", (event) =>
            submit(event, node, button, message)
        );
        place.replaceChildren(node);
        call("/event", {kind: "view"}).catch(() => {});
    }

    // ------------------------------------------------------------------ posting
    async function readValues(node) {
        const values = {};
        for (const input of node.querySelectorAll("[name]")) {
            if (input.type === "checkbox") {
                values[input.name] = input.checked;
            } else if (input.type === "file") {
                if (input.files[0]) {
                    values[input.name] = await readFile(input.files[0]);
                }
            } else {
                values[input.name] = input.value;
            }
        }
        return values;
    }
    function readFile(file) {
        return new Promise((resolve, reject) => {
            const reader = new FileReader();
            reader.onload = () =>
                resolve({
                    name: file.name,
                    data: String(reader.result).split(",")[1] || "",
                });
            reader.onerror = () => reject(reader.error);
            reader.readAsDataURL(file);
        });
    }
    function showFaults(node, faults) {
        for (const fault of node.querySelectorAll(".crm-fault")) {
            fault.textContent = "";
        }
        for (const [key, text] of Object.entries(faults || {})) {
            const input = node.querySelector(`[name="${key}"]`);
            if (input) {
                document.getElementById(`${input.id}_fault`).textContent = text;
            }
        }
        const first = node.querySelector(".crm-fault:not(:empty)");
        if (first) {
            first.parentElement.querySelector("[name]").focus();
        }
    }
    async function submit(event, node, button, message) {
        event.preventDefault();
        button.disabled = true;
        showFaults(node, {});
        const values = await readValues(node);
        // unchanged and sent again, it is the same post
        const text = JSON.stringify(values);
        if (node.dataset.sent !== text) {
            node.dataset.sent = text;
            node.dataset.key = newKey();
        }
        const post = {
            key: node.dataset.key,
            values,
            landing_page: location.href,
            referrer: document.referrer,
            at: Date.now(),
        };
        save(QUEUE, [...kept().filter((one) => one.key !== post.key), post]);
        send(post, 0, (answer) => {
            const words = {
                accepted: form.thank_you,
                confirm: form.confirm,
                kept: form.kept,
                invalid: "",
            };
            message.textContent = words[answer.status] ?? form.refused;
            if (answer.status === "accepted" || answer.status === "confirm") {
                const document_ =
                    answer.document &&
                    element(
                        "p",
                        {},
                        element("a", {href: answer.document}, form.download)
                    );
                node.replaceChildren(
                    ...[node.querySelector("style"), message, document_].filter(Boolean)
                );
            } else if (answer.status !== "kept") {
                showFaults(node, answer.faults);
                button.disabled = false;
            }
        });
    }

    // ------------------------------------------------------------------ start
    const here = new URL(location.href);
    const parameter = here.searchParams.get("crm_v");
    if (parameter) {
        save(VISITOR, parameter);
        // the token is this person's own: it is neither shown, sent on nor bookmarked
        here.searchParams.delete("crm_v");
        history.replaceState(history.state, "", here);
    }
    const visitor = load(VISITOR, "");
    if (visitor) {
        call("/visit", {visitor, url: location.href, kind: "visit"}).catch(() => {});
        document.addEventListener("click", (event) => {
            const link = event.target.closest && event.target.closest("a[download]");
            if (link) {
                const body = {visitor, url: link.href, kind: "download"};
                call("/visit", body).catch(() => {});
            }
        });
    }
    const waiting = kept();
    if (waiting.length < load(QUEUE, []).length) {
        // what is older than a day leaves the browser, not only the queue
        save(QUEUE, waiting);
    }
    for (const post of waiting) {
        send(post, 0, () => {});
    }
    let place = document.querySelector(`[data-crm-form="${form.token}"]`);
    if (!place) {
        place = element("div", {"data-crm-form": form.token});
        script.after(place);
    }
    draw(place);
})();
