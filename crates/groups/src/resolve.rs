//! Who controls whom in the end, and which companies the first three tests put together. 集团识别

use crate::control::{Holders, Partition, control};
use crate::effective::effective;
use crate::graph::NONE;
use crate::{Graph, Party, PartyKind, Share};

/// The groups of one day. 识别结果
#[derive(Debug, Clone, PartialEq)]
pub struct Resolution {
    control: Partition,
    /// Where persons are among the parties.
    legal: Option<Partition>,
    /// Where families are among them.
    kin: Option<(Partition, Vec<u32>)>,
    share: Vec<u32>,
    unsettled: Vec<u32>,
}

impl Resolution {
    /// Groups by control alone, each person for itself: the first and second test, and the ultimate controllers. 控制关系
    pub fn control(&self) -> &Partition {
        &self.control
    }

    /// Groups by what companies control, persons' holdings left out. 法人之间的控制关系
    pub fn legal(&self) -> &Partition {
        self.legal.as_ref().unwrap_or(&self.control)
    }

    /// Groups by the first three tests, near relatives acting as one: what is proposed. 拟定集团
    pub fn proposed(&self) -> &Partition {
        self.kin.as_ref().map_or(&self.control, |(partition, _)| partition)
    }

    /// Who controls a company in the end: itself where nobody does; `None` for a circle that owns itself. 最终控制人
    pub fn controller(&self, company: Party) -> Option<Party> {
        self.control.controller(company)
    }

    /// What its ultimate controller has of a company through the group. 实际持股比例
    ///
    /// The whole of the controller itself; `None` in a circle. Solved to 10⁻¹² and rounded once to 10⁻⁹.
    pub fn share(&self, company: Party) -> Option<Share> {
        share_at(&self.share, company)
    }

    /// The same for the proposed groups: what the controlling family has together. 控制人家族合计持股
    pub fn group_share(&self, company: Party) -> Option<Share> {
        share_at(self.kin.as_ref().map_or(&self.share, |(_, share)| share), company)
    }

    /// Groups whose shares were not solved to 10⁻⁹: more than 1024 companies that hold each other almost wholly. Empty in practice.
    pub fn unsettled(&self) -> impl Iterator<Item = Party> {
        self.unsettled.iter().copied().map(Party)
    }
}

fn share_at(shares: &[u32], company: Party) -> Option<Share> {
    let units = shares.get(company.0 as usize).copied().filter(|units| *units != NONE)?;
    Share::from_units(units)
}

/// Finds the groups of one day. 识别集团
///
/// Always ends, also where holdings run in circles, and gives the same whatever the order of relations.
pub fn resolve(graph: &Graph) -> Resolution {
    let partition = control(graph, Holders::All, &[]);
    let (share, mut unsettled) = effective(graph, &partition);
    let persons = graph.kinds.iter().any(|kind| *kind != PartyKind::Company);
    let legal = persons.then(|| control(graph, Holders::Companies, &[]));
    let kin = (!graph.kin_ends.is_empty()).then(|| {
        let together = control(graph, Holders::All, &graph.kin_ends);
        let (share, left) = effective(graph, &together);
        unsettled.extend(left);
        (together, share)
    });
    unsettled.sort_unstable();
    unsettled.dedup();
    Resolution {
        control: partition,
        legal,
        kin,
        share,
        unsettled,
    }
}
