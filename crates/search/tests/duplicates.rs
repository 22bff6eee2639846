//! Names of one company, and of two. 疑似重复

use pinji_search::{SAME_ENOUGH, name_core, similarity};

#[test]
fn the_core_is_what_makes_a_name_its_own() {
    let table = [
        ("深圳市华信达科技开发有限公司", "华信达科技开发"),
        ("华信达科技开发（深圳）股份有限公司", "华信达科技开发"),
        ("華信達科技開發", "华信达科技开发"),
        ("广东省深圳市南山区华信达科技开发有限责任公司", "华信达科技开发"),
        ("华信达科技开发 有限公司", "华信达科技开发"),
        ("ＴＣＬ集团（惠州）有限公司", "tcl 集团"),
        ("阿里巴巴（中国）有限公司", "阿里巴巴"),
        ("北京银行股份有限公司", "北京银行"),
        ("上海银行股份有限公司", "上海银行"),
        ("中国移动有限公司", "中国移动"),
        ("招商银行股份有限公司深圳分行", "招商银行深圳分行"),
        ("立诚会计师事务所（特殊普通合伙）", "立诚会计师事务所"),
        ("云想（霓裳）服饰有限公司", "云想霓裳服饰"),
        ("东方希望集团有限公司", "东方希望集团"),
        ("臺灣積木股份有限公司", "积木"),
        ("Siemens AG", "siemens"),
        ("Siemens Aktiengesellschaft", "siemens"),
        ("Shenzhen Huaxinda Technology Co., Ltd.", "huaxinda technology"),
        ("HUAXINDA TECHNOLOGY (SHENZHEN) CO.,LTD", "huaxinda technology"),
        ("Société Générale S.A.", "societe generale"),
        ("Shanghai Electric Group Co., Ltd.", "shanghai electric group"),
        ("The Trading Company Ltd", "trading"),
        ("Co., Ltd.", "co ltd"),
        ("有限公司", "有限公司"),
        ("中国", "中国"),
        ("", ""),
    ];
    for (name, expected) in table {
        assert_eq!(name_core(name), expected, "{name}");
    }
}

#[test]
fn alike_is_pointed_out_and_different_is_not() {
    let same = [
        ("深圳市华信达科技开发有限公司", "华信达科技开发（深圳）股份有限公司"),
        ("深圳市华信达科技开发有限公司", "深圳华信达科技有限公司"),
        ("深圳市华信达科技开发有限公司", "深圳市华欣达科技开发有限公司"), // typed by sound
        ("臺灣積木股份有限公司", "台湾积木（股份）有限公司"),
        ("阿里巴巴（中国）有限公司", "阿里巴巴有限公司"),
        ("北京市朝阳区万象城文化传媒有限公司", "万象城文化传媒（北京）有限公司"),
        ("重庆长江锻压机床股份有限公司", "长江锻压机床有限责任公司"),
        ("东方希望集团有限公司", "东方希望集团股份有限公司"),
        ("ＡＢＣ电子（苏州）有限公司", "苏州abc电子有限公司"),
        ("Siemens AG", "SIEMENS Aktiengesellschaft"),
        ("Shenzhen Huaxinda Technology Co., Ltd.", "Huaxinda Technology Co Ltd"),
        ("Nordic Pacific Trading GmbH", "Nordic Pacifc Trading GmbH"), // a letter lost
        ("Société Générale S.A.", "Societe Generale SA"),
    ];
    let other = [
        ("北京银行股份有限公司", "上海银行股份有限公司"),
        ("深圳市华信达科技开发有限公司", "深圳市恒瑞通科技开发有限公司"),
        ("深圳市华信达科技开发有限公司", "深圳市华兴达科技开发有限公司"),
        ("北京华信科技有限公司", "北京华诚科技有限公司"),
        ("招商银行股份有限公司", "招商银行股份有限公司深圳分行"),
        ("北京万象城文化传媒有限公司", "上海万象汇文化传媒有限公司"),
        ("中国移动有限公司", "中国电信有限公司"),
        ("Nordic Pacific Trading GmbH", "Nordic Atlantic Trading GmbH"),
        ("Alpha Steel Ltd", "Alpine Steel Ltd"),
        ("Siemens AG", "西门子"),
        ("", "华信"),
        ("华信", "Huaxin"),
    ];
    for (a, b) in same {
        let likeness = similarity(a, b);
        assert!((SAME_ENOUGH..=1_000).contains(&likeness), "{a} and {b}: {likeness}");
        assert_eq!(similarity(b, a), likeness, "{a} and {b}");
    }
    for (a, b) in other {
        let likeness = similarity(a, b);
        assert!(likeness < SAME_ENOUGH, "{a} and {b}: {likeness}");
        assert_eq!(similarity(b, a), likeness, "{a} and {b}");
    }
    // The same brand elsewhere: alike, and less so than at the same place.
    let (near, far) = (
        similarity("北京华信科技有限公司", "北京市华信科技有限公司"),
        similarity("北京华信科技有限公司", "上海华信科技有限公司"),
    );
    assert_eq!((near, far), (1_000, 857));
}
