//! The wish that a run ends, told to everyone who carries cases out.

use tokio::sync::watch;

/// Cheap to clone; all clones hear the same wish, which is never taken back.
#[derive(Debug, Clone)]
pub struct Interrupt {
    sender: std::sync::Arc<watch::Sender<bool>>,
}

impl Default for Interrupt {
    fn default() -> Self {
        Self { sender: std::sync::Arc::new(watch::Sender::new(false)) }
    }
}

impl Interrupt {
    pub fn ask(&self) {
        self.sender.send_replace(true);
    }

    pub fn is_asked(&self) -> bool {
        *self.sender.borrow()
    }

    /// Returns once the wish has been uttered.
    pub async fn asked(&self) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.sender.subscribe().wait_for(|asked| *asked).await;
    }
}
