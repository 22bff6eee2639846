//! How names are read. 注音

use pinji_search::spell;

fn check(name: &str, expected: &str) {
    assert_eq!(spell(name), expected, "{name}");
}

#[test]
fn words_choose_among_readings() {
    let table = [
        ("重庆", "chong qing"),
        ("重工", "zhong gong"),
        ("重慶銀行", "chong qing yin hang"),
        ("银行", "yin hang"),
        ("旅行社", "lv xing she"),
        ("银行动态", "yin hang dong tai"),
        ("长安", "chang an"),
        ("招商银行长沙分行", "zhao shang yin hang chang sha fen hang"),
        ("成长基金", "cheng zhang ji jin"),
        ("厦门大厦", "xia men da sha"),
        ("音乐", "yin yue"),
        ("快乐", "kuai le"),
        ("会计", "kuai ji"),
        ("协会", "xie hui"),
        ("六安六和", "lu an liu he"),
        ("番禺", "pan yu"),
        ("东阿阿胶", "dong e e jiao"),
        ("阿里", "a li"),
        ("朝阳今朝", "chao yang jin zhao"),
        ("西藏冷藏", "xi zang leng cang"),
        ("乾坤", "qian kun"),
        ("女", "nv"),
        ("TCL王牌", "tcl wang pai"),
        ("Müller & Söhne GmbH", "muller sohne gmbh"),
        ("𰀀𪜀", "𰀀 𪜀"),
        ("", ""),
    ];
    table.iter().for_each(|(name, expected)| check(name, expected));
}
