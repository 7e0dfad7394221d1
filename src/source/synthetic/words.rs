//! The made-up workspace's words: topics, people, companies, and what explanations say.

/// A topic with its part of all conversations and its true shares.
pub(super) struct Topic {
    pub(super) name: &'static str,
    /// How an explanation names it.
    pub(super) about: &'static str,
    /// Percent of conversations; what is left to 100 has no topic.
    pub(super) weight: u32,
    /// Share of good conversations: human, AI, hand-off.
    pub(super) shares: [f64; 3],
    pub(super) team: (&'static str, &'static str),
}

pub(super) const TOPICS: [Topic; 7] = [
    Topic {
        name: "Invoices",
        about: "the invoice",
        weight: 25,
        shares: [0.81, 0.74, 0.68],
        team: ("5", "Billing"),
    },
    Topic {
        name: "SSO log-in",
        about: "signing in",
        weight: 18,
        shares: [0.85, 0.74, 0.66],
        team: ("7", "Access"),
    },
    Topic {
        name: "Exports",
        about: "the export",
        weight: 15,
        shares: [0.83, 0.70, 0.63],
        team: ("8", "Product"),
    },
    Topic {
        name: "Refunds",
        about: "the refund",
        weight: 12,
        shares: [0.80, 0.66, 0.60],
        team: ("5", "Billing"),
    },
    Topic {
        name: "Mobile app",
        about: "a crash of the app",
        weight: 10,
        shares: [0.86, 0.72, 0.67],
        team: ("8", "Product"),
    },
    Topic {
        name: "Permissions",
        about: "the access rights",
        weight: 8,
        shares: [0.88, 0.78, 0.70],
        team: ("7", "Access"),
    },
    Topic {
        name: "Integrations",
        about: "the connection to another tool",
        weight: 6,
        shares: [0.81, 0.64, 0.59],
        team: ("8", "Product"),
    },
];

pub(super) const GOOD: [&str; 5] = [
    "The customer asked about {} and had a clear answer within minutes, and said thanks.",
    "The question about {} was settled at the first try; the customer confirmed that it works now.",
    "The customer was worried about {} and left relieved after a patient explanation.",
    "A quick fix for {} and a friendly follow-up; the customer sounded pleased.",
    "The customer praised how simply the answer about {} was put.",
];

pub(super) const SO_SO: [&str; 3] = [
    "The customer got an answer about {} but had to ask twice.",
    "What was wrong with {} was solved in the end; the wait annoyed the customer.",
    "A workaround for {} was offered; the customer had hoped for more.",
];

pub(super) const POOR: [&str; 4] = [
    "The customer repeated the question about {} three times and left without an answer.",
    "The suggested steps for {} did not work, and the customer was frustrated.",
    "The customer was sent in circles about {} and asked to cancel.",
    "No solution for {} was given; the customer called the policy unfair.",
];

/// Id, name, e-mail.
pub(super) const TEAMMATES: [(&str, &str, &str); 8] = [
    ("811", "Ana Silva", "ana@example.com"),
    ("812", "Ana Kovač", "ana.k@example.com"),
    ("813", "Ben Okafor", "ben@example.com"),
    ("814", "Maya Ortiz", "maya@example.com"),
    ("815", "Tom Lindqvist", "tom@example.com"),
    ("816", "Yuki Tanaka", "yuki@example.com"),
    ("817", "Priya Nair", "priya@example.com"),
    ("818", "Seán Byrne", "sean@example.com"),
];

/// Id, name, plan.
pub(super) const COMPANIES: [(&str, &str, &str); 10] = [
    ("acme", "Acme Ltd", "pro"),
    ("globex", "Globex", "enterprise"),
    ("initech", "Initech", "pro"),
    ("umbrella", "Umbrella Trading", "starter"),
    ("hooli", "Hooli", "enterprise"),
    ("stark", "Stark Supplies", "pro"),
    ("wayne", "Wayne Logistics", "enterprise"),
    ("tyrell", "Tyrell Tools", "starter"),
    ("cyberdyne", "Cyberdyne Parts", "pro"),
    ("wonka", "Wonka Sweets", "starter"),
];

pub(super) const FIRST_NAMES: [&str; 12] = [
    "Lee", "Nora", "Omar", "Ines", "Pavel", "Chloe", "Kofi", "Mei", "Lars", "Zara", "Hugo", "Aoife",
];

pub(super) const LAST_NAMES: [&str; 12] = [
    "Murphy", "Garcia", "Schmidt", "Rossi", "Novak", "Dubois", "Mensah", "Chen", "Hansen", "Khan",
    "Moreau", "Walsh",
];
