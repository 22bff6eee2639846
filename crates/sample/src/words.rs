//! The words that names are made of. Every company is invented: the coined words are uncommon on purpose. 词表

/// A place: sales region, province, city, and the first six digits of its companies' credit codes.
pub(crate) struct Place {
    pub(crate) region: &'static str,
    pub(crate) province: &'static str,
    pub(crate) city: &'static str,
    pub(crate) area: &'static str,
}

const fn place(region: &'static str, province: &'static str, city: &'static str, area: &'static str) -> Place {
    Place {
        region,
        province,
        city,
        area,
    }
}

/// Where the customers are. 地点
pub(crate) const PLACES: [Place; 44] = [
    place("华东", "上海市", "上海", "310112"),
    place("华东", "江苏省", "苏州", "320500"),
    place("华东", "江苏省", "无锡", "320200"),
    place("华东", "江苏省", "南通", "320600"),
    place("华东", "江苏省", "常州", "320400"),
    place("华东", "江苏省", "南京", "320100"),
    place("华东", "浙江省", "宁波", "330200"),
    place("华东", "浙江省", "杭州", "330100"),
    place("华东", "浙江省", "温州", "330300"),
    place("华东", "浙江省", "台州", "331000"),
    place("华东", "安徽省", "合肥", "340100"),
    place("华东", "安徽省", "芜湖", "340200"),
    place("华东", "福建省", "泉州", "350500"),
    place("华东", "福建省", "厦门", "350200"),
    place("华东", "江西省", "南昌", "360100"),
    place("华东", "山东省", "青岛", "370200"),
    place("华东", "山东省", "潍坊", "370700"),
    place("华东", "山东省", "临沂", "371300"),
    place("华南", "广东省", "佛山", "440600"),
    place("华南", "广东省", "东莞", "441900"),
    place("华南", "广东省", "广州", "440100"),
    place("华南", "广东省", "深圳", "440300"),
    place("华南", "广东省", "中山", "442000"),
    place("华南", "广西壮族自治区", "南宁", "450100"),
    place("华南", "海南省", "海口", "460100"),
    place("华北", "北京市", "北京", "110112"),
    place("华北", "天津市", "天津", "120110"),
    place("华北", "河北省", "保定", "130600"),
    place("华北", "河北省", "唐山", "130200"),
    place("华北", "山西省", "太原", "140100"),
    place("华中", "湖北省", "武汉", "420100"),
    place("华中", "湖北省", "襄阳", "420600"),
    place("华中", "湖南省", "长沙", "430100"),
    place("华中", "湖南省", "株洲", "430200"),
    place("华中", "河南省", "郑州", "410100"),
    place("华中", "河南省", "洛阳", "410300"),
    place("西南", "重庆市", "重庆", "500112"),
    place("西南", "四川省", "成都", "510100"),
    place("西南", "四川省", "德阳", "510600"),
    place("西南", "贵州省", "贵阳", "520100"),
    place("西北", "陕西省", "西安", "610100"),
    place("西北", "陕西省", "宝鸡", "610300"),
    place("东北", "辽宁省", "沈阳", "210100"),
    place("东北", "吉林省", "长春", "220100"),
];

/// How often each place occurs, in their order.
pub(crate) const PLACE_SHARES: [f64; 44] = [
    6.0, 6.0, 4.5, 3.0, 3.5, 3.0, 5.0, 4.5, 3.0, 2.5, 3.0, 1.5, 2.0, 1.5, 1.2, 3.5, 2.0, 1.5, 5.0, 5.0, 4.0, 5.0, 2.0,
    1.0, 0.4, 2.5, 2.5, 1.8, 1.5, 1.0, 3.0, 1.0, 2.2, 0.8, 3.0, 1.2, 3.0, 3.2, 0.8, 0.8, 2.0, 0.6, 1.8, 1.2,
];

/// First characters of coined names.
pub(crate) const FIRST: [&str; 44] = [
    "砚", "澈", "栎", "昱", "岫", "翊", "霁", "湛", "珩", "衡", "钧", "屹", "澜", "璞", "峻", "禾", "沐", "瀚", "晟",
    "穗", "旻", "朔", "桓", "崧", "煜", "岱", "芃", "谡", "筠", "棣", "浔", "榆", "奕", "垚", "骞", "勖", "琮", "燊",
    "颢", "稷", "溯", "岚", "葳", "樾",
];

/// Second characters of coined names.
pub(crate) const SECOND: [&str; 40] = [
    "川", "屿", "禾", "泽", "铎", "远", "承", "立", "域", "砺", "沣", "嵩", "宸", "瑜", "麓", "石", "舟", "桥", "野",
    "衍", "策", "楷", "丰", "昶", "汀", "序", "谷", "翎", "嘉", "庭", "垣", "拓", "冶", "坤", "陆", "琛", "原", "澍",
    "岳", "渡",
];

/// An industry: its name, the trades in company names, the usual debt ratio, net margin, growth, and how much a company
/// of it buys of us.
pub(crate) struct Industry {
    pub(crate) name: &'static str,
    pub(crate) trades: [&'static str; 5],
    pub(crate) debt: f64,
    pub(crate) margin: f64,
    pub(crate) growth: f64,
    pub(crate) appetite: f64,
    pub(crate) market: &'static str,
}

/// The customers' industries. 行业
pub(crate) const INDUSTRIES: [Industry; 12] = [
    Industry {
        name: "通用设备制造",
        trades: ["机械制造", "传动设备", "泵阀", "压缩机", "机床"],
        debt: 0.52,
        margin: 0.055,
        growth: 0.06,
        appetite: 1.5,
        market: "通用机械",
    },
    Industry {
        name: "专用设备制造",
        trades: ["智能装备", "包装设备", "矿山机械", "纺织机械", "自动化设备"],
        debt: 0.50,
        margin: 0.06,
        growth: 0.08,
        appetite: 1.4,
        market: "专用装备",
    },
    Industry {
        name: "汽车零部件",
        trades: ["汽车零部件", "汽车部件", "汽配制造", "精密压铸", "汽车电子"],
        debt: 0.56,
        margin: 0.045,
        growth: 0.07,
        appetite: 1.3,
        market: "汽车配套",
    },
    Industry {
        name: "电子元器件",
        trades: ["电子科技", "微电子", "电子元件", "光电科技", "半导体设备"],
        debt: 0.45,
        margin: 0.07,
        growth: 0.12,
        appetite: 0.8,
        market: "电子元件",
    },
    Industry {
        name: "电气机械",
        trades: ["电气设备", "电机", "输配电设备", "电力设备", "开关设备"],
        debt: 0.54,
        margin: 0.05,
        growth: 0.08,
        appetite: 1.1,
        market: "电气设备",
    },
    Industry {
        name: "化工材料",
        trades: ["化工", "新材料", "涂料", "橡塑制品", "精细化工"],
        debt: 0.53,
        margin: 0.05,
        growth: 0.04,
        appetite: 0.9,
        market: "化工新材",
    },
    Industry {
        name: "食品饮料",
        trades: ["食品", "乳业", "饮料", "粮油", "调味品"],
        debt: 0.46,
        margin: 0.06,
        growth: 0.05,
        appetite: 0.7,
        market: "食品加工",
    },
    Industry {
        name: "医药制造",
        trades: ["制药", "生物科技", "医疗器械", "药业", "医药包装"],
        debt: 0.40,
        margin: 0.10,
        growth: 0.09,
        appetite: 0.6,
        market: "医药制造",
    },
    Industry {
        name: "建筑施工",
        trades: ["建设工程", "机电安装", "市政工程", "钢结构", "建筑安装"],
        debt: 0.70,
        margin: 0.03,
        growth: -0.02,
        appetite: 1.0,
        market: "建筑安装",
    },
    Industry {
        name: "建材家居",
        trades: ["建材", "陶瓷", "门窗", "家居制造", "铝业"],
        debt: 0.57,
        margin: 0.035,
        growth: -0.03,
        appetite: 0.8,
        market: "建材家居",
    },
    Industry {
        name: "批发贸易",
        trades: ["机电贸易", "五金贸易", "工业品供应链", "商贸", "物资"],
        debt: 0.64,
        margin: 0.02,
        growth: 0.03,
        appetite: 1.6,
        market: "工业品流通",
    },
    Industry {
        name: "能源环保",
        trades: ["环保科技", "新能源", "水处理", "节能设备", "能源科技"],
        debt: 0.55,
        margin: 0.06,
        growth: 0.11,
        appetite: 0.9,
        market: "能源环保",
    },
];

/// How common each industry is.
pub(crate) const INDUSTRY_SHARES: [f64; 12] = [16.0, 12.0, 12.0, 9.0, 9.0, 7.0, 6.0, 4.0, 8.0, 6.0, 7.0, 6.0];

/// A product line of the seller: its name and its products, each with its code, name and list price in 10^-4 yuan.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) prefix: &'static str,
    pub(crate) products: [(&'static str, i64); 6],
}

/// What the seller sells. 产品线
pub(crate) const LINES: [Line; 8] = [
    Line {
        name: "密封件",
        prefix: "MF",
        products: [
            ("骨架油封", 38_500),
            ("O形密封圈", 4_200),
            ("机械密封", 2_680_000),
            ("金属缠绕垫片", 156_000),
            ("液压密封组件", 864_000),
            ("防尘圈", 12_800),
        ],
    },
    Line {
        name: "紧固件",
        prefix: "JG",
        products: [
            ("高强度螺栓", 18_600),
            ("不锈钢螺母", 5_300),
            ("膨胀锚栓", 42_000),
            ("异形紧固件", 96_500),
            ("弹性垫圈", 1_850),
            ("铆钉", 2_150),
        ],
    },
    Line {
        name: "轴承",
        prefix: "ZC",
        products: [
            ("深沟球轴承", 268_000),
            ("圆锥滚子轴承", 985_000),
            ("直线轴承", 456_000),
            ("调心滚子轴承", 3_860_000),
            ("推力球轴承", 623_500),
            ("带座轴承", 738_000),
        ],
    },
    Line {
        name: "润滑油脂",
        prefix: "RH",
        products: [
            ("抗磨液压油", 3_680_000),
            ("锂基润滑脂", 2_450_000),
            ("导轨油", 4_120_000),
            ("空压机油", 5_260_000),
            ("齿轮油", 4_480_000),
            ("防锈油", 2_980_000),
        ],
    },
    Line {
        name: "气动元件",
        prefix: "QD",
        products: [
            ("标准气缸", 1_860_000),
            ("电磁阀", 926_000),
            ("气源处理件", 1_185_000),
            ("快插接头", 36_800),
            ("真空发生器", 1_420_000),
            ("气管", 28_600),
        ],
    },
    Line {
        name: "电气元件",
        prefix: "DQ",
        products: [
            ("小型断路器", 245_000),
            ("交流接触器", 865_000),
            ("变频器", 18_600_000),
            ("接近开关", 568_000),
            ("开关电源", 1_260_000),
            ("接线端子", 18_500),
        ],
    },
    Line {
        name: "工具刀具",
        prefix: "DJ",
        products: [
            ("硬质合金铣刀", 862_000),
            ("车刀片", 186_000),
            ("扭矩扳手", 4_280_000),
            ("砂轮片", 58_500),
            ("丝锥", 236_000),
            ("量具套装", 6_350_000),
        ],
    },
    Line {
        name: "安全防护",
        prefix: "AF",
        products: [
            ("防护手套", 38_600),
            ("安全鞋", 1_480_000),
            ("防护眼镜", 226_000),
            ("吸油棉", 486_000),
            ("警示标识", 96_000),
            ("应急洗眼器", 9_860_000),
        ],
    },
];

/// Family names.
pub(crate) const SURNAMES: [&str; 30] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
    "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧",
];

/// Given names.
pub(crate) const GIVEN: [&str; 36] = [
    "志远", "建国", "海燕", "晓东", "丽华", "文博", "俊杰", "秀英", "明轩", "雅琴", "国强", "思远", "玉梅", "浩然",
    "佳宁", "立新", "振宇", "春燕", "启航", "雨桐", "永康", "静怡", "伟民", "慧敏", "天佑", "素云", "云峰", "若彤",
    "学军", "婉清", "家豪", "淑芬", "子墨", "宏伟", "欣然", "培林",
];

/// The seller's account managers, by region.
pub(crate) const MANAGERS: [(&str, [&str; 4]); 7] = [
    ("华东", ["沈知遥", "顾明川", "陆晚晴", "钱思齐"]),
    ("华南", ["梁若谷", "邓启明", "何语桐", "谭修远"]),
    ("华北", ["赵景行", "魏清和", "郝立言", "白雨晴"]),
    ("华中", ["彭知行", "向晚舟", "龙承泽", "夏初晴"]),
    ("西南", ["蒋望舒", "冉致和", "袁明哲", "罗青禾"]),
    ("西北", ["雷鸣谦", "任远舟", "党思源", "秦书宁"]),
    ("东北", ["佟致远", "金若水", "关山月", "齐慕白"]),
];
