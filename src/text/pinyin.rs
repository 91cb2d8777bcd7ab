//! stub
/// stub
pub fn pinyin(_c: char) -> Option<u16> {
    None
}
