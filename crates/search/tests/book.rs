//! A made-up book of customers: names put together from parts, the same for the same seed. 测试用客户册

use std::borrow::Cow;
use std::sync::LazyLock;

use pinji_domain::ids::CustomerId;
use pinji_search::Terms;

static PLACES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    list(
        "北京 北京市 上海 上海市 深圳 深圳市 广州 广州市 杭州 杭州市 苏州 \
    苏州工业园区 南京 成都 成都市 武汉 西安 重庆 重庆市 天津 青岛 宁波 厦门 \
    大连 沈阳 长沙 郑州 济南 合肥 福州 东莞市 佛山市 无锡 昆山 常州 温州 江苏 \
    浙江 广东 山东 河北 四川省 湖南 广东省深圳市 浙江省杭州市 中国 台湾 - - - -",
    )
});
const BRANDS: &[char] = &[
    '华', '信', '达', '恒', '瑞', '泰', '鑫', '盛', '宏', '安', '康', '利', '丰', '源', '博', '远', '科', '联', '创',
    '新', '天', '和', '金', '海', '龙', '东', '方', '正', '中', '嘉', '永', '顺', '德', '诚', '富', '佳', '美', '宝',
    '世', '纪', '通', '亿', '元', '国', '润', '建', '百', '万', '千', '众', '奥', '凯', '威', '格', '雅', '迪', '菲',
    '尔', '特', '斯', '维', '普', '润', '志', '凌', '云', '腾', '飞', '鸿', '晨', '旭', '辉', '星', '月', '森', '林',
    '木', '山', '川', '江', '河', '湖', '蓝', '绿', '翔', '鹏', '骏', '祥', '福', '寿', '吉', '庆', '欣', '悦', '朗',
    '睿', '智', '慧', '思', '卓', '越', '峰', '锐', '捷', '迅', '长', '乐', '行', '重', '朝', '阳', '贝', '丽', '晶',
    '莱', '欧', '亚', '太', '平', '洋', '光', '明', '大', '成', '同', '兴',
];
static TRADES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    list(
        "科技 信息技术 网络科技 软件 电子 电子科技 机械 机电设备 精密机械 商贸 \
    贸易 国际贸易 进出口 实业 投资 投资管理 物流 供应链管理 建筑工程 装饰工程 \
    建材 新材料 化工 生物科技 医药 医疗器械 食品 农业开发 餐饮管理 文化传媒 \
    广告 教育咨询 企业管理咨询 环保科技 新能源 汽车销售 汽车零部件 服装 纺织 \
    家具 包装材料 印刷 房地产开发 物业管理 人力资源 旅游",
    )
});
static FORMS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    list(
        "有限公司 有限公司 有限公司 有限公司 有限公司 有限责任公司 股份有限公司 \
    集团有限公司 厂 （有限合伙） 有限公司分公司",
    )
});
static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    list(
        "Alpha Nordic Pacific Summit Harbour Delta Crown Vertex Orion Atlas Global Blue River Stone Bright Union \
    Metro Royal Silver Eagle Trading Steel Foods Textiles Electronics Müller Société Générale Logistics \
    Chemicals Energy Marine Systems Pharma",
    )
});
static LATIN_FORMS: LazyLock<Vec<&str>> = LazyLock::new(|| list("Co., Ltd.|Ltd|GmbH|Inc.|Pte. Ltd.|S.A.|B.V.|LLC"));
const USCC: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

fn list(text: &'static str) -> Vec<&'static str> {
    let gap = if text.contains('|') { '|' } else { ' ' };
    text.split(gap)
        .map(|item| if item == "-" { "" } else { item })
        .collect()
}

/// SplitMix64: the same numbers everywhere.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

pub fn name(dice: &mut Dice) -> String {
    if dice.below(20) == 0 {
        let words: Vec<&str> = (0..2 + dice.below(2)).map(|_| *dice.pick(&WORDS)).collect();
        return format!("{} {}", words.join(" "), dice.pick(&LATIN_FORMS));
    }
    let mut name = dice.pick(&PLACES).to_string();
    for _ in 0..2 + dice.below(3) {
        name.push(*dice.pick(BRANDS));
    }
    name + *dice.pick(&TRADES) + *dice.pick(&FORMS)
}

/// Customers 1 to `count`; one in thirty has a former name.
pub fn customers(seed: u64, count: usize) -> impl ExactSizeIterator<Item = (CustomerId, Terms<'static>)> {
    let mut dice = Dice(seed);
    (0..count).map(move |before| {
        let number = before + 1;
        let aliases = if dice.below(30) == 0 {
            vec![Cow::Owned(name(&mut dice))]
        } else {
            Vec::new()
        };
        let mut uscc = String::from("91");
        (0..16).for_each(|_| uscc.push(char::from(*dice.pick(USCC))));
        let terms = Terms {
            name: name(&mut dice).into(),
            aliases,
            code: format!("C{number:07}").into(),
            uscc: uscc.into(),
        };
        (CustomerId(number as i64), terms)
    })
}
