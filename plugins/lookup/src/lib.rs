//! Look-ups on demand: a teammate, a customer, a group, a topic, a "why".
//!
//! [`arguments`] says what may be asked, [`find`] finds who is meant, [`access`] says who may see whom,
//! [`gather`] reads what there is, and [`card`] writes it down, purely. Every look at a person is written
//! down for good.

mod access;
pub mod arguments;
mod card;
pub mod config;
mod find;
mod gather;

use cxbot_sdk::history::{Colleague, PartyKind};
use cxbot_sdk::plugin::Suggestion;
use cxbot_sdk::{Clearance, Cx, Error, Invoker, Message, Need, Plugin, Reply, Result, Routes};
use jiff::Timestamp;

use access::Named;
use arguments::{AuditArgs, CustomerArgs, GroupArgs, MeArgs, TeammateArgs, TopicArgs, WhyArgs};
use config::{Config, Group};
use find::Found;
use gather::FoundCustomer;

/// Looks that are listed.
const LOOKS: usize = 50;

/// The plugin.
pub struct Lookup {
    groups: Vec<Group>,
}

impl Plugin for Lookup {
    const NAME: &'static str = "lookup";
    const ABOUT: &'static str = "A teammate, a customer, a group, a topic or a \"why\", on demand.";
    const NEEDS: &'static [Need] = &[Need::Scores, Need::Identity];
    type Config = Config;

    fn new(config: Config) -> Result<Self> {
        Ok(Lookup { groups: config.groups()? })
    }

    fn routes(&self) -> Routes<Self> {
        let attributes = self.groups.iter().filter_map(|group| group.attribute.as_ref());
        attributes
            .fold(Routes::new(), |routes, attribute| routes.segmented(&attribute.name))
            .mentions(PartyKind::CompanyName, self.groups.iter().flat_map(|group| &group.companies))
            .command(
                "teammate",
                "What customers experienced in someone's conversations.",
                Self::teammate,
            )
            .suggests("name", Self::teammates)
            .individual()
            .only(access::LOOK_UP_TEAMMATES, access::looks_up_teammates)
            .command("me", "The same card about yourself.", Self::me)
            .individual()
            .only(access::ARE_TEAMMATES, access::is_teammate)
            .command(
                "customer",
                "A customer's whole history, and that of their company.",
                Self::customer,
            )
            .individual()
            .only(access::WORK_WITH_CUSTOMERS, Invoker::works_with_customers)
            .command("group", "A named set of customers.", Self::group)
            .choices("name", self.groups.iter().map(|group| &group.name))
            .individual()
            .only(access::WORK_WITH_CUSTOMERS, Invoker::works_with_customers)
            .command("topic", "A topic in each lane, last week.", Self::topic)
            .suggests("name", Self::topics)
            .command("why", "What is known of one conversation's score.", Self::why)
            .individual()
            .only(access::WORK_WITH_CUSTOMERS, Invoker::works_with_customers)
            .command("audit", "Who looked you up; an auditor asks for anyone.", Self::audit)
    }
}

impl Lookup {
    async fn teammate(cx: Cx<Self>, invoker: Invoker, args: TeammateArgs) -> Result<Reply> {
        access::stays_private(&invoker)?;
        let args = args.checked(&cx)?;
        let colleagues = cx.colleagues().await?;
        // Whoever may see nobody learns no names either.
        let visible: Vec<&Colleague> = access::visible(&invoker, &colleagues);
        match find::teammate(&visible, &args.name) {
            Found::One(one) => Self::card_of(&cx, &invoker, one, &args, "teammate").await,
            Found::Several(some) => Ok(Reply::Private(card::which(&args, &some))),
            Found::None(near) => Err(access::nobody(&invoker, &args.name, &near)),
        }
    }

    async fn me(cx: Cx<Self>, invoker: Invoker, args: MeArgs) -> Result<Reply> {
        access::stays_private(&invoker)?;
        let MeArgs { topic, team, channel, lane, since, weeks } = args;
        let args = TeammateArgs { name: String::new(), topic, team, channel, lane, since, weeks };
        let args = args.checked(&cx)?;
        let colleagues = cx.colleagues().await?;
        match colleagues.iter().find(|one| access::is_self(&invoker, one)) {
            Some(one) => Self::card_of(&cx, &invoker, one, &args, "me").await,
            None => Err(Error::refused(
                "cxbot does not know which teammate you are. Whoever runs it adds your teammate id \
                 to you under [[people]] in its configuration.",
            )),
        }
    }

    async fn card_of(
        cx: &Cx<Self>,
        invoker: &Invoker,
        colleague: &Colleague,
        args: &TeammateArgs,
        command: &str,
    ) -> Result<Reply> {
        let subjects = colleague.keys.iter().map(|key| format!("teammate {key}")).collect();
        cx.audit(invoker, subjects, command).await?;
        let gathered = gather::teammate(cx, colleague, args).await?;
        let until = gathered.now.until;
        let card = card::teammate(colleague, args, &gathered, cx.workspace());
        Self::answer(cx, card, until).await
    }

    /// The card, and above it which source was not read to the end of its time.
    async fn answer(cx: &Cx<Self>, card: Message, until: Timestamp) -> Result<Reply> {
        let behind = gather::behind(cx, until).await?;
        Ok(Reply::Private(card::with_age(card, &behind, cx.workspace())))
    }

    async fn teammates(cx: Cx<Self>, invoker: Invoker, typed: String) -> Result<Vec<Suggestion>> {
        let colleagues = cx.colleagues().await?;
        let typed = typed.trim();
        let meant = access::visible(&invoker, &colleagues)
            .into_iter()
            .filter(|one| typed.is_empty() || one.is_named_like(typed) || one.is_called(typed));
        let suggestion = |one: &Colleague| Suggestion {
            label: one.name.clone(),
            value: one.keys.first().cloned().unwrap_or_default(),
        };
        Ok(meant.take(25).map(suggestion).collect())
    }

    async fn customer(cx: Cx<Self>, invoker: Invoker, args: CustomerArgs) -> Result<Reply> {
        access::stays_private(&invoker)?;
        access::may_see_customers(&invoker)?;
        match gather::customer(&cx, &args.who).await? {
            FoundCustomer::One(history) => {
                let named = Named::to(&invoker, &cx.colleagues().await?);
                cx.audit(&invoker, named.of(&history.subjects), "customer").await?;
                let card = card::customer(&history, &named, cx.workspace());
                Self::answer(&cx, card, cx.now()).await
            }
            FoundCustomer::Several(some) => {
                Ok(Reply::Private(card::which_customer(&args.who, &some, cx.workspace())))
            }
            FoundCustomer::None(near) => Err(card::no_customer(&args.who, &near)),
        }
    }

    async fn group(cx: Cx<Self>, invoker: Invoker, args: GroupArgs) -> Result<Reply> {
        access::may_see_customers(&invoker)?;
        let Some(group) = cx.groups.iter().find(|group| group.is(&args.name)) else {
            let known: Vec<&str> = cx.groups.iter().map(|group| &*group.name).collect();
            return Err(card::no_group(&args.name, &known));
        };
        let gathered = gather::group(&cx, group, args.weeks).await?;
        let names = access::carried(&invoker, cx.workspace()) == Clearance::Names;
        let card = card::group(group, &gathered, names, cx.workspace());
        Self::answer(&cx, card, gathered.until).await
    }

    async fn topic(cx: Cx<Self>, invoker: Invoker, args: TopicArgs) -> Result<Reply> {
        let quotes = access::quotes(&invoker, cx.workspace());
        match gather::topic(&cx, &args.name).await? {
            Ok(mut topic) => {
                if access::carried(&invoker, cx.workspace()) < Clearance::Names {
                    topic.name_nobody();
                }
                let card = card::topic(&topic, quotes, cx.workspace());
                Self::answer(&cx, card, topic.week.end(&cx.workspace().zone)).await
            }
            Err(near) => Err(card::no_topic(&args.name, &near, cx.workspace())),
        }
    }

    async fn topics(cx: Cx<Self>, _: Invoker, typed: String) -> Result<Vec<Suggestion>> {
        let near = gather::topics_like(&cx, &typed).await?;
        Ok(near.into_iter().map(|name| Suggestion { label: name.clone(), value: name }).collect())
    }

    async fn why(cx: Cx<Self>, invoker: Invoker, args: WhyArgs) -> Result<Reply> {
        access::stays_private(&invoker)?;
        access::may_see_customers(&invoker)?;
        let (found, subjects) = gather::conversation(&cx, &args.conversation).await?;
        if found.is_empty() {
            return Err(card::no_conversation(&args.conversation));
        }
        // Nobody is looked up where nobody is known.
        if !subjects.is_empty() {
            cx.audit(&invoker, subjects, "why").await?;
        }
        Ok(Reply::Private(card::why(&found, cx.workspace())))
    }

    async fn audit(cx: Cx<Self>, invoker: Invoker, args: AuditArgs) -> Result<Reply> {
        access::stays_private(&invoker)?;
        let colleagues = cx.colleagues().await?;
        let who = args.who.as_deref().map(str::trim).filter(|who| !who.eq_ignore_ascii_case("me"));
        let is_auditor = access::is_auditor(&invoker);
        if !is_auditor && who.is_some() {
            return Err(Error::refused(
                "You may ask who looked you up: audit me. The rest is for auditors.",
            ));
        }
        let everyone: Vec<&Colleague> = colleagues.iter().collect();
        let of = |some: &[&Colleague]| -> Vec<String> {
            let keys = some.iter().flat_map(|one| &one.keys);
            // Whoever had no conversations yet was written down by their id alone.
            let own = |key: &String| key.split_once('/').map(|(_, id)| id.to_owned());
            let all = keys.flat_map(|key| std::iter::once(key.clone()).chain(own(key)));
            all.map(|key| format!("teammate {key}")).collect()
        };
        let own = colleagues.iter().filter(|one| access::is_self(&invoker, one));
        let (title, subjects) = match who {
            Some(who) => match find::teammate(&everyone, who) {
                Found::One(one) => ("Who looked them up", Some(of(&[one]))),
                Found::Several(some) => {
                    return Ok(Reply::Private(card::which_to_audit(who, &some)));
                }
                Found::None(near) => match Self::customers_to_audit(&cx, who).await? {
                    Some(subjects) => ("Who looked them up", Some(subjects)),
                    None => return Err(card::nobody_to_audit(who, &near)),
                },
            },
            None if is_auditor && args.who.is_none() => ("Who looked anyone up", None),
            None => ("Who looked you up", Some(of(&own.collect::<Vec<_>>()))),
        };
        let looked = cx.audited(subjects.as_deref(), LOOKS + 1).await?;
        Ok(Reply::Private(card::lookups(title, &looked, LOOKS, &colleagues)))
    }

    /// The customer or the company that an auditor means, as the log has them; nobody is named in protected
    /// mode.
    async fn customers_to_audit(cx: &Cx<Self>, who: &str) -> Result<Option<Vec<String>>> {
        if cx.workspace().protected {
            return Ok(None);
        }
        Ok(match gather::customer(cx, who).await? {
            FoundCustomer::One(history) => Some(history.meant),
            FoundCustomer::Several(some) => return Err(card::name_one_customer(who, &some)),
            FoundCustomer::None(_) => None,
        })
    }
}
