//! Passwords, second factors, log-in, sessions, tokens, links. 身份

use std::collections::BTreeSet;
use std::time::Instant;

use pinji_access::Action;
use pinji_access::identity::{
    ApiToken, Attempts, Ended, Limits, LinkFault, PasswordFault, PasswordRules, SecretHash, Session, SessionRules,
    SetupLink, StoredPassword, TokenFault, Totp, TotpFault, check_password, is_common, recovery_codes,
};
use pinji_domain::Timestamp;
use pinji_domain::ids::UserId;

use crate::cells::NOW;

#[test]
fn passwords_are_long_and_not_guessed_first() {
    let rules = PasswordRules {
        words: vec!["Huaxing Steel".to_owned(), "华兴钢铁".to_owned()],
        ..PasswordRules::default()
    };
    let check = |password: &str, found: Result<(), PasswordFault>| {
        assert_eq!(
            rules.check(password, "liuyang@huaxing.example", &["刘阳", "Liu Yang"]),
            found,
            "{password}"
        );
    };
    let short = Err(PasswordFault::TooShort { least: 12 });
    check("", short);
    check("tk7-vw2-qp9", short);
    check("密码太短了不行啊十一字", short);
    check("correct horse battery staple", Ok(()));
    check("tk7vw2qp9xma", Ok(()));
    check("床前明月光疑是地上霜举头", Ok(()));
    check("blue kettle sings at noon", Ok(()));
    check(&"long and longer ".repeat(4), Ok(()));
    check(&"a wall of words 7 ".repeat(56), Ok(()));
    check(&"x".repeat(1025), Err(PasswordFault::TooLong { most: 1024 }));
    for common in [
        "woaini1314520",
        "WoAiNi5201314!",
        "520131452013145201314",
        "woaizhongguo123",
        "gongxifacai2026",
        "iloveyou123456",
        "password1234",
        "P@ssw0rd1234",
        "Administrator1",
        "!!Welcome2026!!",
        "我爱你5201314520",
        "zhangwei@2026888",
        "ＷｏＡｉＮｉ５２０１３１４",
    ] {
        let found = rules.check(common, "liuyang", &[]);
        assert!(
            matches!(found, Err(PasswordFault::Common | PasswordFault::Pattern)),
            "{common}: {found:?}"
        );
    }
    for pattern in [
        "aaaaaaaaaaaaaaaa",
        "abcdefghijklmnop",
        "qwertyuiopasdfgh",
        "135135135135135135",
        "9876543210987654",
        "1qaz2wsx3edc4rfv",
        "xyxyxyxyxyxyxy",
        "zxcvbnmasdfghjkl",
    ] {
        let found = rules.check(pattern, "liuyang", &[]);
        assert!(
            matches!(found, Err(PasswordFault::Common | PasswordFault::Pattern)),
            "{pattern}: {found:?}"
        );
    }
    check("liuyang-20260101", Err(PasswordFault::Names));
    check("HuaxingSteel#2026", Err(PasswordFault::Names));
    check("华兴钢铁华兴钢铁20268", Err(PasswordFault::Names));
    check("Pinji-Pinji-77821", Err(PasswordFault::Names));
    // A name among enough else is no fault.
    check("pinji grades my noisy kettle", Ok(()));
}

#[test]
fn the_floor_of_a_setting_is_eight() {
    let rules = PasswordRules {
        characters_min: 3,
        ..PasswordRules::default()
    };
    assert_eq!(
        rules.check("k7-vw2q", "a", &[]),
        Err(PasswordFault::TooShort { least: 8 })
    );
    assert_eq!(rules.check("k7-vw2qm", "a", &[]), Ok(()));
}

#[test]
fn the_list_is_long_sorted_and_known() {
    let text = include_str!("../data/common_passwords.txt");
    let words: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(words.len() >= 3000, "{}", words.len());
    assert!(words.is_sorted());
    assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len());
    for word in words {
        assert!(is_common(word), "{word}");
    }
    for custom in [
        "woaini1314",
        "5201314",
        "1qaz2wsx",
        "a123456",
        "wang123456",
        "密码123456",
    ] {
        assert!(is_common(custom), "{custom}");
    }
}

#[test]
fn passwords_are_kept_as_argon2id() {
    let kept = StoredPassword::hash("blue kettle sings", &[7; 16]).unwrap();
    assert!(
        kept.phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{}",
        kept.phc()
    );
    assert!(!kept.is_outdated());
    assert_eq!(check_password(Some(&kept), "blue kettle sings"), Ok(true));
    assert_eq!(check_password(Some(&kept), "blue kettle sing"), Ok(false));
    // The same typed with an input method's full-width letters.
    assert_eq!(check_password(Some(&kept), "ｂｌｕｅ kettle sings"), Ok(true));
    assert_eq!(check_password(Some(&kept), &"x".repeat(1025)), Ok(false));
    let other_salt = StoredPassword::hash("blue kettle sings", &[8; 16]).unwrap();
    assert_ne!(kept, other_salt);
    let weak = "$argon2id$v=19$m=4096,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    assert!(StoredPassword::kept(weak).is_outdated());
    for broken in [
        "",
        "secret",
        "$argon2i$v=19$m=4096,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=4194304,t=100,p=1$BwcHBwcHBwcHBwcHBwcHBw$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    ] {
        assert!(
            check_password(Some(&StoredPassword::kept(broken)), "x").is_err(),
            "{broken}"
        );
    }
}

#[test]
fn an_unknown_user_costs_the_same_work() {
    let kept = StoredPassword::hash("blue kettle sings", &[7; 16]).unwrap();
    let time = |kept: Option<&StoredPassword>| {
        let started = Instant::now();
        assert_eq!(check_password(kept, "a wrong password"), Ok(false));
        started.elapsed().as_secs_f64()
    };
    // By turns, and the least of each: what the work takes when nothing else runs.
    let (mut known, mut unknown) = (f64::MAX, f64::MAX);
    for _ in 0..25 {
        known = known.min(time(Some(&kept)));
        unknown = unknown.min(time(None));
    }
    let ratio = unknown / known;
    assert!((0.6..1.6).contains(&ratio), "known {known}, unknown {unknown}");
}

#[test]
fn totp_follows_rfc_6238() {
    // The secret of the RFC's test vectors; its codes have eight figures, of which an app shows the last six.
    let totp = Totp::new(*b"12345678901234567890");
    let at = |seconds: i64| Timestamp(seconds * 1_000_000);
    for (seconds, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        assert!(totp.accept(code, at(seconds)).is_ok(), "{seconds}");
    }
    // One step early or late is taken, two are not.
    let check = |seconds: i64, found: Result<(), TotpFault>| {
        assert_eq!(totp.accept("005924", at(seconds)).map(|_| ()), found, "{seconds}");
    };
    check(1_234_567_890 - 30, Ok(()));
    check(1_234_567_890 + 30, Ok(()));
    check(1_234_567_890 - 60, Err(TotpFault::Wrong));
    check(1_234_567_890 + 60, Err(TotpFault::Wrong));
    for odd in ["", "5924", "0059240", "+05924", "００５９２４", "abcdef"] {
        assert_eq!(
            totp.accept(odd, at(1_234_567_890)).map(|_| ()),
            Err(TotpFault::Wrong),
            "{odd}"
        );
    }
    // Used once; nor an older one afterwards.
    let used = totp.accept("005 924", at(1_234_567_890)).unwrap();
    assert_eq!(
        used.accept("005924", at(1_234_567_890 + 20)).map(|_| ()),
        Err(TotpFault::Used)
    );
    assert_eq!(
        used.accept("005924", at(1_234_567_890 - 30)).map(|_| ()),
        Err(TotpFault::Used)
    );
    assert_eq!(totp.base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_eq!(
        totp.address("品级 Pinji", "liu@x.cn"),
        "otpauth://totp/%E5%93%81%E7%BA%A7%20Pinji:liu%40x.cn?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E5%93%81%E7%BA%A7%20Pinji&algorithm=SHA1&digits=6&period=30"
    );
    assert!(!format!("{totp:?}").contains("49"), "the secret is printed");
}

#[test]
fn recovery_codes_are_good_once() {
    let mut random = [[0; 10]; 10];
    for (at, bytes) in random.iter_mut().enumerate() {
        bytes.fill(at as u8 * 23 + 1);
    }
    let (codes, kept) = recovery_codes(&random);
    assert_eq!((codes.len(), kept.unused.len()), (10, 10));
    let code = codes[3].reveal();
    assert_eq!(code.len(), 19);
    let rest = kept.accept(&code.to_uppercase().replace('-', " ")).unwrap();
    assert_eq!(rest.unused.len(), 9);
    assert_eq!(rest.accept(code), None);
    assert!(rest.accept(codes[4].reveal()).is_some());
    assert_eq!(kept.accept("0000-0000-0000-0000"), None);
    assert_eq!(kept.accept(""), None);
}

/// A hundred addresses that try as fast as the door opens, for three days, and again after the owner has signed in.
#[test]
fn strangers_have_a_hundred_tries_a_day() {
    let mut door = Attempts::default();
    let mut tried: Vec<i64> = Vec::new();
    let mut now = NOW;
    let day = 24 * 3600;
    while now.seconds_since(NOW) < 3 * day {
        match door.may_try(&Limits::ACCOUNT, now) {
            Ok(()) => {
                tried.push(now.seconds_since(NOW));
                // The door is written to the store and read again between tries: plain data.
                door = door.failed(&Limits::ACCOUNT, now).clone();
            }
            Err(wait) => {
                assert!(wait.seconds >= 1 && wait.until > now);
                now = wait.until;
                // The owner signs in on the stranger's door now and then: that must not buy the strangers a day's tries.
                if tried.len().is_multiple_of(7) {
                    door = door.succeeded();
                }
            }
        }
    }
    for start in &tried {
        let within = tried.iter().filter(|at| (*start..start + day).contains(at)).count();
        assert!(within <= 100, "{within} tries in the day from {start}");
    }
    assert!(tried.len() > 150, "{} tries: the door never opens again", tried.len());
}

#[test]
fn the_owner_is_not_locked_out() {
    let rules = SessionRules::default();
    let owner = Session::open(UserId(7), &[1; 32], true, NOW).session;
    let mut stranger = Attempts::default();
    let device = Attempts::default();
    let (mut refused, mut let_try) = (0, 0);
    for at in 0..10_000 {
        let now = NOW.plus_seconds(at / 10);
        match stranger.may_try(&Limits::ACCOUNT, now) {
            Ok(()) => {
                let_try += 1;
                stranger = stranger.failed(&Limits::ACCOUNT, now);
            }
            Err(_) => refused += 1,
        }
        // Neither the session nor the known device asks at the strangers' door.
        assert_eq!(owner.check(&rules, None, now), Ok(()));
        assert_eq!(device.may_try(&Limits::ACCOUNT, now), Ok(()));
    }
    assert!(let_try <= 20 && refused >= 9_980, "{let_try} let try");
}

#[test]
fn doors_get_slow_and_open_again() {
    let check = |failures: u32, seconds: i64| {
        let mut door = Attempts::default();
        for _ in 0..failures {
            door = door.failed(&Limits::ACCOUNT, NOW);
        }
        assert_eq!(
            door.may_try(&Limits::ACCOUNT, NOW.plus_seconds(seconds)),
            Ok(()),
            "{failures}"
        );
        if seconds > 0 {
            let wait = door
                .may_try(&Limits::ACCOUNT, NOW.plus_seconds(seconds - 1))
                .unwrap_err();
            assert_eq!(wait.until, NOW.plus_seconds(seconds));
        }
    };
    check(3, 0);
    check(4, 1);
    check(5, 2);
    check(8, 16);
    check(13, 512);
    check(14, 900);
    check(90, 900);
    check(100, 24 * 3600);
    let mut office = Attempts::default();
    for _ in 0..20 {
        office = office.failed(&Limits::ADDRESS, NOW);
    }
    assert_eq!(office.may_try(&Limits::ADDRESS, NOW), Ok(()));
    assert_eq!(office.succeeded().in_a_row, 0);
}

#[test]
fn sessions_end_and_change_their_id() {
    let rules = SessionRules::default();
    let opened = Session::open(UserId(7), &[1; 32], false, NOW);
    assert_eq!(opened.secret.reveal().len(), 43);
    assert_eq!(opened.session.id, SecretHash::of(opened.secret.reveal()));
    assert!(!format!("{opened:?}").contains(opened.secret.reveal()));
    let check = |seen: i64, revoked: Option<i64>, at: i64, found: Result<(), Ended>| {
        let session = opened.session.touched(NOW.plus_seconds(seen));
        let revoked = revoked.map(|at| NOW.plus_seconds(at));
        assert_eq!(
            session.check(&rules, revoked, NOW.plus_seconds(at)),
            found,
            "{seen} {revoked:?} {at}"
        );
    };
    check(0, None, 1799, Ok(()));
    check(0, None, 1800, Err(Ended::Idle));
    check(1000, None, 2799, Ok(()));
    check(43_000, None, 43_199, Ok(()));
    check(43_000, None, 43_200, Err(Ended::Over));
    check(0, Some(60), 61, Err(Ended::Revoked));
    check(0, Some(-60), 61, Ok(()));
    let again = Session::open(UserId(7), &[2; 32], false, NOW);
    assert_ne!(again.session.id, opened.session.id);
    let elevated = opened.session.elevated(&rules, &[3; 32], true, NOW.plus_seconds(60));
    assert_ne!(elevated.session.id, opened.session.id);
    assert_eq!(elevated.session.elevated, Some(NOW.plus_seconds(660)));
    assert_eq!((elevated.session.opened, elevated.session.second_factor), (NOW, true));
}

#[test]
fn tokens_are_recognised_and_bounded() {
    let scopes: BTreeSet<Action> = [Action::CustomerRead, Action::SubmissionCreate].into();
    let later = NOW.plus_seconds(3600);
    let issued = ApiToken::issue(&[0xa7; 32], scopes.clone(), later, NOW).unwrap();
    let text = issued.text.reveal();
    assert!(text.starts_with("pj_") && text.len() == 52, "{text}");
    assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
    assert_eq!(ApiToken::look_up(text), Ok(issued.token.hash));
    // Any one character changed, left out or added is told without the store.
    for at in 0..text.len() {
        let mut wrong = text.to_owned();
        let other = if &text[at..=at] == "x" { "y" } else { "x" };
        wrong.replace_range(at..=at, other);
        assert_eq!(ApiToken::look_up(&wrong), Err(TokenFault::Malformed), "{wrong}");
        wrong.remove(at);
        assert_eq!(ApiToken::look_up(&wrong), Err(TokenFault::Malformed));
    }
    for odd in ["", "pj_", "pj_品级", "Bearer x"] {
        assert_eq!(ApiToken::look_up(odd), Err(TokenFault::Malformed), "{odd}");
    }
    let extremes = [[0; 32], [255; 32]].map(|random| ApiToken::issue(&random, scopes.clone(), later, NOW).unwrap());
    assert!(
        extremes
            .iter()
            .all(|issued| ApiToken::look_up(issued.text.reveal()).is_ok())
    );
    assert_eq!(issued.token.used(NOW).unwrap().scopes, scopes);
    assert_eq!(issued.token.used(later), Err(TokenFault::Expired));
    let fault = |scopes: &[Action], expires: Timestamp| {
        let scopes = scopes.iter().copied().collect();
        ApiToken::issue(&[1; 32], scopes, expires, NOW).unwrap_err()
    };
    assert_eq!(fault(&[], later), TokenFault::NoScope);
    assert_eq!(fault(&[Action::CustomerRead], NOW), TokenFault::BadExpiry);
    assert_eq!(
        fault(&[Action::CustomerRead], NOW.plus_seconds(400 * 86_400)),
        TokenFault::BadExpiry
    );
    let step_up = TokenFault::StepUpScope {
        action: Action::ExportBulk,
    };
    assert_eq!(fault(&[Action::CustomerRead, Action::ExportBulk], later), step_up);
}

#[test]
fn links_are_good_once_and_for_a_day() {
    let (secret, link) = SetupLink::issue(None, &[5; 32], NOW);
    assert_eq!(link.id, SecretHash::of(secret.reveal()));
    assert_ne!(link.id, SecretHash::of("something else"));
    let used = link.spent(NOW.plus_seconds(86_399)).unwrap();
    assert_eq!(used.spent(NOW.plus_seconds(86_399)), Err(LinkFault::Used));
    assert_eq!(link.spent(NOW.plus_seconds(86_400)), Err(LinkFault::Expired));
}
