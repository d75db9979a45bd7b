//! Round 0 of [`Start::Center`](super::Start::Center): from the center outwards, along the [`Paths`].

use std::sync::{Mutex, OnceLock, PoisonError};

use super::align::{Aligner, Effort};
use super::cuda::Session;
use super::error::RegisterError;
use super::field::Field;
use super::frames::Frames;
use super::paths::Paths;
use super::plane::Plane;
use super::template::Template;

use manifold::progress::Counter;

/// On a path, frames are registered from a neighbor: the two finest levels bridge what lies
/// between, and coarser ones only lock onto the wrong letters.
const ON_PATH: Effort = Effort { levels: 2, steps: 5 };

/// Field and residual variance of each frame.
pub(super) type Found = (Vec<Field>, Vec<f32>);

/// Registers all frames, branches side by side.
pub(super) fn walk(
    frames: &dyn Frames,
    reference: &Plane,
    paths: &Paths,
    counter: &Counter,
) -> Result<Found, RegisterError> {
    let walk = Walk {
        frames,
        template: Template::new(reference),
        paths,
        found: (0..frames.count()).map(|_| OnceLock::new()).collect(),
        failed: Mutex::new(None),
        counter,
    };
    let zero = Field::zero(walk.template.lattice());
    rayon::scope(|scope| walk.visit(scope, paths.center, &zero));
    if let Some(error) = walk.failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let found = walk.found.into_iter().map(|found| found.into_inner().unwrap_or((zero.clone(), f32::MAX)));
    Ok(found.unzip())
}

/// The same on the GPU: all frames that are equally many steps from the center at once.
pub(super) fn walk_on_gpu(
    gpu: &mut Session,
    reference: &Plane,
    paths: &Paths,
    counter: &Counter,
) -> Result<Found, RegisterError> {
    let reference = gpu.reference(reference)?;
    let mut found = (vec![Field::default(); paths.next.len()], vec![f32::MAX; paths.next.len()]);
    let mut front = vec![paths.center];
    let mut fields = vec![Field::zero(reference.lattice())];
    while !front.is_empty() {
        let variances = gpu.align(&reference, &front, &mut fields, ON_PATH, None, counter)?;
        let mut next = (Vec::new(), Vec::new());
        for ((&at, field), variance) in front.iter().zip(fields).zip(variances) {
            next.0.extend_from_slice(&paths.next[at]);
            next.1.extend(std::iter::repeat_n(&field, paths.next[at].len()).cloned());
            (found.0[at], found.1[at]) = (field, variance);
        }
        (front, fields) = next;
    }
    Ok(found)
}

/// The frames being registered.
struct Walk<'a> {
    frames: &'a dyn Frames,
    template: Template,
    paths: &'a Paths,
    /// Field and residual variance of each frame.
    found: Vec<OnceLock<(Field, f32)>>,
    failed: Mutex<Option<RegisterError>>,
    counter: &'a Counter<'a>,
}

impl<'a> Walk<'a> {
    fn visit<'s>(&'s self, scope: &rayon::Scope<'s>, at: usize, from: &Field) {
        let mut field = from.clone();
        let mut frame = Plane::default();
        let mut aligner = Aligner::default();
        let mut at = at;
        loop {
            if let Err(error) =
                self.frames.read(at, &mut frame).map_err(Into::into).and_then(|()| Ok(self.counter.add(1)?))
            {
                *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                return;
            }
            let variance = aligner.align(&self.template, &frame, &mut field, ON_PATH);
            let _ = self.found[at].set((field.clone(), variance));
            // One branch continues here, the others wherever there is a thread.
            let Some((&first, others)) = self.paths.next[at].split_first() else { return };
            for &other in others {
                let field = field.clone();
                scope.spawn(move |scope| self.visit(scope, other, &field));
            }
            at = first;
        }
    }
}
